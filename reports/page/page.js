/* The charts. Every number in words and tables is in the page already; this file only draws. */
"use strict";
(() => {
	const data = JSON.parse(document.getElementById("data").textContent);
	const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
	const drawn = new Set();

	/* Three digits and a unit, as everywhere in the report. */
	const steps = [[8.64e7, "d"], [3.6e6, "h"], [6e4, "min"], [1e3, "s"], [1, "ms"], [1e-3, "µs"], [1e-6, "ns"]];
	const digits = value => value === 0 ? "0" : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
	const exact = (value, format) => value == null ? "–" : format(value);
	const time = ms => {
		if (ms === 0) return "0";
		const [unit, name] = steps.find(([size]) => ms >= size) || steps[steps.length - 1];
		return digits(ms / unit) + " " + name;
	};
	const tick = ms => {
		const [unit, name] = steps.find(([size]) => ms >= size * 0.9999) || steps[steps.length - 1];
		return +(ms / unit).toPrecision(3) + " " + name;
	};
	const number = value => value >= 1e6 ? digits(value / 1e6) + " M" : value >= 1e4 ? digits(value / 1e3) + " k" : digits(value);
	const plain = value => value >= 1e6 ? +(value / 1e6).toPrecision(3) + " M" : value >= 1e4 ? +(value / 1e3).toPrecision(3) + " k" : +value.toPrecision(4) + "";

	/* One unit for the whole axis of time. */
	const clock = seconds => seconds >= 172800 ? [86400, "d"] : seconds >= 7200 ? [3600, "h"] : seconds >= 120 ? [60, "min"] : [1, "s"];

	const axis = more => Object.assign({
		stroke: () => colour("soft"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
		grid: {stroke: () => colour("grid"), width: 1}, ticks: {stroke: () => colour("line"), width: 1, size: 5},
	}, more);
	const line = (label, name, format, more) => Object.assign({
		label, stroke: () => colour(name), width: 1.75, points: {show: false}, value: (u, value) => exact(value, format),
	}, more);
	/* Steps of time that people count in. */
	const ageAxis = {size: 62, incrs: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4,
		6e4, 1.2e5, 3e5, 6e5, 9e5, 1.8e6, 3.6e6, 7.2e6, 1.08e7, 2.16e7, 4.32e7, 8.64e7, 1.728e8, 4.32e8, 8.64e8]};
	const some = values => values.some(value => value > 0);

	function overTime(fn, series, format, limit, value = {size: 52}, label = plain) {
		const [unit, name] = clock(fn.t[fn.t.length - 1]);
		return {
			series: [{label: "at", value: (u, t) => exact(t, at => digits(at / unit) + " " + name)}, ...series],
			scales: {x: {time: false}, y: {range: (u, low, high) => [0, Math.max(high, limit || 0, 1e-9) * 1.1]}},
			axes: [
				axis({size: 36, space: 60, incrs: [1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500].map(i => i * unit).concat([0.1 * unit, 0.25 * unit, 0.5 * unit]).sort((a, b) => a - b),
					values: (u, splits) => splits.map(at => +(at / unit).toPrecision(6) + " " + name)}),
				axis(Object.assign({values: (u, splits) => splits.map(value => value == null ? "" : label(value))}, value)),
			],
		};
	}

	const builders = {
		traffic(fn) {
			if (!fn.t.length) return null;
			const rows = [fn.t, fn.invocations];
			const series = [line("invocations/s", "blue", number, {fill: () => colour("blue") + "22"})];
			for (const [values, label, name] of [[fn.cold, "cold starts/s", "orange"], [fn.throttles, "throttles/s", "red"], [fn.errors, "errors/s", "grey"]])
				if (values.length && some(values)) {
					rows.push(values);
					series.push(line(label, name, number));
				}
			return [overTime(fn, series, number), rows];
		},
		concurrency(fn) {
			if (!fn.t.length || !fn.busy.length) return null;
			const most = Math.max(...fn.busy, ...fn.alive);
			const near = fn.limit <= 3 * most;
			const limit = fn.t.map(() => near ? fn.limit : null);
			return [overTime(fn, [
				line("environments", "grey", number, {width: 1.4}),
				line("busy, most", "blue", number),
				line("busy, mean", "teal", number, {fill: () => colour("teal") + "22"}),
				line(near ? "limit" : "limit (above)", "red", number, {dash: [6, 4], width: 1.4, value: () => plain(fn.limit)}),
			], number, near ? fn.limit : 0), [fn.t, fn.alive, fn.busy, fn.busyMean, limit]];
		},
		depth(place) {
			if (!place.t.length) return null;
			const rows = [place.t, place.depth];
			const series = [line("waiting", "blue", number, {fill: () => colour("blue") + "22"})];
			if (place.flying.length) {
				rows.push(place.flying);
				series.push(line("in flight", "teal", number));
			}
			return [overTime(place, series, number), rows];
		},
		age(place) {
			if (!place.t.length || !some(place.age)) return null;
			return [overTime(place, [line("age", "orange", time, {fill: () => colour("orange") + "22"})], time, 0, ageAxis, value => value ? tick(value) : "0"),
				[place.t, place.age]];
		},
		latency(fn) {
			const l = fn.latency;
			if (!l || !some(l.all)) return null;
			const percent = nines => {
				const p = 100 * (1 - Math.pow(10, -nines));
				return "p" + +p.toFixed(Math.max(0, Math.ceil(nines) - 1));
			};
			const last = l.nines[l.nines.length - 1];
			const marks = u => {
				/* As many as have room for their names. */
				const room = 58 * (last - l.nines[0]) / (u.bbox.width / devicePixelRatio || 1);
				return [0.30103, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter(mark => mark <= last + 1e-9)
					.reduce((kept, mark) => kept.length && mark - kept[kept.length - 1] < room ? kept : [...kept, mark], []);
			};
			const values = [...l.all, ...l.warm, ...l.cold].filter(value => value != null);
			const low = Math.min(...values), high = Math.max(...values);
			const ticks = [];
			for (let decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high * 1.2; decade *= 10)
				for (const step of high / low > 2000 ? [1] : [1, 2, 5])
					ticks.push(decade * step);
			return [{
				padding: [null, 32, null, null], /* half of the longest mark, p99.9999999 */
				series: [{label: "percentile", value: (u, x) => exact(x, percent)},
					line("all", "blue", time, {width: 2.25}), line("warm", "teal", time, {dash: [5, 3]}), line("cold starts", "orange", time)],
				scales: {x: {time: false}, y: {distr: 3, range: () => [low / 1.2, high * 1.2]}},
				axes: [
					axis({size: 36, splits: marks, values: (u, splits) => splits.map(percent)}),
					axis({size: 62, splits: u => ticks.filter(t => t >= u.scales.y.min && t <= u.scales.y.max), filter: (u, splits) => splits,
						values: (u, splits) => splits.map(tick)}),
				],
			}, [l.nines, l.all, l.warm, l.cold]];
		},
	};

	function draw(box) {
		if (drawn.has(box) || !box.clientWidth) return;
		drawn.add(box);
		const built = builders[box.dataset.chart](box.dataset.place ? data.places[+box.dataset.place] : data.functions[+box.dataset.function]);
		if (!built) {
			box.innerHTML = "<p class=\"hint\">Nothing to draw.</p>";
			return;
		}
		const height = 230;
		const chart = new uPlot(Object.assign({
			width: box.clientWidth, height, padding: [10, 8, 0, 0], legend: {live: true},
			cursor: {points: {size: 7}, drag: {x: true, y: false}, y: false},
		}, built[0]), built[1], box);
		new ResizeObserver(() => {
			if (box.clientWidth) chart.setSize({width: box.clientWidth, height});
		}).observe(box);
		box.title = "Drag to zoom, double-click to see all";
		box.chart = chart;
	}

	const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
	document.querySelectorAll("details").forEach(details => details.addEventListener("toggle", all));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach(box => box.chart && box.chart.redraw(false)));
	addEventListener("beforeprint", () => {
		document.querySelectorAll("details.function").forEach(details => details.open = true);
		all();
	});
	all();
})();
