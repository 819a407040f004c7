"use strict";
/* Sorting and filtering of the tables; the page is complete without it. */
(function () {
	const order = new Intl.Collator("en", {numeric: true});

	function value(row, column, isNumber) {
		const text = row.cells[column].textContent;
		if (!isNumber)
			return text;
		const number = Number(text.replace(/,/g, ""));
		return Number.isNaN(number) ? -1 : number;
	}

	function sort(table, column) {
		const heads = table.tHead.rows[0].cells, head = heads[column];
		const isNumber = head.classList.contains("n");
		const down = head.hasAttribute("aria-sort")
			? head.getAttribute("aria-sort") === "ascending" : isNumber;
		const body = table.tBodies[0];
		const rows = Array.from(body.rows, row => [value(row, column, isNumber), row]);
		rows.sort((a, b) => isNumber ? a[0] - b[0] : order.compare(a[0], b[0]));
		if (down)
			rows.reverse();
		for (const other of heads)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", down ? "descending" : "ascending");
		body.append(...rows.map(pair => pair[1]));
	}

	function makeSortable(table) {
		Array.from(table.tHead.rows[0].cells, (head, column) => {
			const button = document.createElement("button");
			button.type = "button";
			button.append(...head.childNodes);
			button.addEventListener("click", () => sort(table, column));
			head.append(button);
		});
	}

	function makeFilter(label, place, items, text) {
		const tools = document.createElement("p");
		const input = document.createElement("input"), name = document.createElement("label");
		const count = document.createElement("span");
		tools.className = "tools";
		input.type = "search";
		input.id = "filter-" + label;
		name.htmlFor = input.id;
		name.textContent = "Filter";
		count.setAttribute("role", "status");
		const texts = items.map(item => text(item).toLowerCase());
		input.addEventListener("input", () => {
			const words = input.value.toLowerCase().split(/\s+/);
			let shown = 0;
			items.forEach((item, i) => {
				item.hidden = !words.every(word => texts[i].includes(word));
				shown += !item.hidden;
			});
			count.textContent = input.value ? shown + " of " + items.length : "";
		});
		tools.append(name, input, count);
		place.before(tools);
	}

	for (const table of document.querySelectorAll("table.sortable")) {
		makeSortable(table);
		if (table.tBodies[0].rows.length > 8)
			makeFilter(table.id, table.closest(".wide"), Array.from(table.tBodies[0].rows),
				row => row.textContent);
	}
	const findings = Array.from(document.querySelectorAll(".finding"));
	if (findings.length > 8)
		makeFilter("findings", findings[0], findings,
			item => item.querySelector("summary").textContent);

	/* A link to a finding opens it. */
	function open() {
		const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
		if (target && target.tagName === "DETAILS")
			target.open = true;
	}
	addEventListener("hashchange", open);
	open();
})();
