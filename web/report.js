// The live part of a campaign's report: table with sort and filter, any parameter over any axis, the
// curves of one spectrum.  Data stand in two elements of the page; curves are unpacked when looked at.
"use strict";
(function () {
  const $ = id => document.getElementById(id);
  const data = JSON.parse($("columns").textContent);
  const n = data.file.length;
  const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3fa0d8", "#666666", "#7b3fa0",
                  "#8b4513", "#000000"];
  const SVG = "http://www.w3.org/2000/svg";

  // ---- curves ----
  let packed = null;
  function floats(text) {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const view = new DataView(bytes.buffer), out = new Array(bytes.length / 4);
    for (let k = 0; k < out.length; k++) out[k] = view.getFloat32(4 * k, true);
    return out;
  }
  function curves(i) {
    if (!packed) {
      packed = JSON.parse($("curves").textContent);
      packed.grids = packed.grids.map(floats);
    }
    const c = packed.curves[i];
    if (!c) return null;
    const f = c[0] < 0 ? [] : packed.grids[c[0]], z = floats(c[1]), m = f.length;
    const tau = c[2] < 0 ? [] : packed.grids[c[2]], g = floats(c[3]), t = tau.length;
    return {
      f, re: z.slice(0, m), im: z.slice(m, 2 * m), fitRe: z.slice(2 * m, 3 * m), fitIm: z.slice(3 * m, 4 * m),
      tau, gamma: g.slice(0, t), low: g.slice(t, 2 * t), high: g.slice(2 * t, 3 * t),
    };
  }

  // ---- numbers ----
  const PREFIX = {"-15": "f", "-12": "p", "-9": "n", "-6": "µ", "-3": "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"};
  function prefixOf(v) {
    if (!(v > 0)) return [0, ""];
    const e = Math.min(12, Math.max(-15, 3 * Math.floor(Math.log10(v) / 3 + 1e-9)));
    return [e, PREFIX[e]];
  }
  function plain(v, digits) {
    if (v === 0) return "0";
    const a = Math.abs(v);
    return a >= 1e-3 && a < 1e5 ? String(Number(v.toPrecision(digits))) : v.toExponential(digits - 1);
  }
  // "12.3 ± 0.4 mΩ"
  function shown(p, i) {
    const v = p.value[i], e = p.error[i];
    if (v === null) return "";
    const [ten, prefix] = p.prefix ? prefixOf(Math.abs(v)) : [0, ""];
    const f = Math.pow(10, -ten), unit = p.unit ? " " + prefix + p.unit : "";
    if (e === null || !(e > 0)) return plain(v * f, 4) + unit;
    // as many digits as the error has
    const digits = Math.floor(Math.log10(Math.abs(v * f) || e * f)) - Math.floor(Math.log10(e * f)) + 2;
    return plain(v * f, Math.min(8, Math.max(1, digits))) + " ± " + plain(e * f, 2) + unit;
  }
  function median(list) {
    const s = list.slice().sort((a, b) => a - b);
    return s.length ? s[s.length >> 1] : NaN;
  }

  // ---- charts: plotly where the page has it, else a plain SVG ----
  // spec: x, y, y2 {label, log}, equal; series [{name, x, y, e, line, dash, color, fill, id, second}]
  function ticks(low, high, log) {
    const out = [];
    if (log) {
      const a = Math.ceil(low - 1e-9), b = Math.floor(high + 1e-9), step = Math.max(1, Math.ceil((b - a) / 7));
      for (let d = a; d <= b; d += step) out.push([d, "1e" + d]);
      if (out.length > 1) return out;
      out.length = 0;
    }
    const raw = (high - low) / 5, base = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 5, 10].map(k => k * base).find(s => s >= raw);
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
      const v = k * step;
      out.push([v, plain(log ? Math.pow(10, v) : v, 6)]);
    }
    return out;
  }
  function node(parent, name, attributes, text) {
    const e = document.createElementNS(SVG, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    if (text !== undefined) e.textContent = text;
    parent.appendChild(e);
    return e;
  }
  function rangeOf(spec, key, log, second) {
    let low = Infinity, high = -Infinity;
    for (const s of spec.series.filter(s => second === undefined || Boolean(s.second) === second))
      s[key].forEach((v, k) => {
        if (v === null) return;
        const bar = key === "y" && s.e ? Math.min(s.e[k] || 0, Math.abs(v) / 2) : 0; // of long bars a part
        for (const end of [v - bar, v + bar]) {
          const w = log ? Math.log10(end) : end;
          if (!isFinite(w)) continue;
          low = Math.min(low, w);
          high = Math.max(high, w);
        }
      });
    if (!(high >= low)) return [0, 1];
    const room = high - low > 1e-9 * Math.abs(high) ? 0.04 * (high - low) : Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  }
  function plainChart(box, spec, click) {
    box.textContent = "";
    const w = box.clientWidth || 600, h = box.clientHeight || 400;
    const named = spec.series.filter(s => s.name);
    const left = 70, right = w - (spec.y2 ? 60 : 14), top = named.length ? 26 : 10, bottom = h - 44;
    const svg = node(box, "svg", {viewBox: "0 0 " + w + " " + h, role: "img"});
    let [x0, x1] = rangeOf(spec, "x", spec.x.log), [y0, y1] = rangeOf(spec, "y", spec.y.log, false);
    const [v0, v1] = spec.y2 ? rangeOf(spec, "y", false, true) : [0, 1];
    if (spec.equal) { // the same length per ohm
      const perX = (x1 - x0) / (right - left), perY = (y1 - y0) / (bottom - top);
      if (perX > perY) y1 = y0 + perX * (bottom - top);
      else {
        const middle = (x0 + x1) / 2, half = perY * (right - left) / 2;
        [x0, x1] = [middle - half, middle + half];
      }
    }
    const X = v => left + ((spec.x.log ? Math.log10(v) : v) - x0) / (x1 - x0) * (right - left);
    const Y = v => bottom - ((spec.y.log ? Math.log10(v) : v) - y0) / (y1 - y0) * (bottom - top);
    for (const [v, text] of ticks(x0, x1, spec.x.log)) {
      const at = left + (v - x0) / (x1 - x0) * (right - left);
      node(svg, "line", {x1: at, x2: at, y1: top, y2: bottom, stroke: "#e4e4e4"});
      node(svg, "text", {x: at, y: bottom + 16, "text-anchor": "middle"}, text);
    }
    for (const [v, text] of ticks(y0, y1, spec.y.log)) {
      const at = bottom - (v - y0) / (y1 - y0) * (bottom - top);
      node(svg, "line", {x1: left, x2: right, y1: at, y2: at, stroke: "#e4e4e4"});
      node(svg, "text", {x: left - 6, y: at + 4, "text-anchor": "end"}, text);
    }
    const Y2 = v => bottom - (v - v0) / (v1 - v0) * (bottom - top);
    if (spec.y2) {
      for (const [v, text] of ticks(v0, v1, false)) node(svg, "text", {x: right + 6, y: Y2(v) + 4}, text);
      node(svg, "text", {transform: "translate(" + (w - 8) + "," + (top + bottom) / 2 + ") rotate(-90)",
                         "text-anchor": "middle"}, spec.y2.label);
    }
    node(svg, "rect", {x: left, y: top, width: right - left, height: bottom - top, fill: "none", stroke: "#888"});
    node(svg, "text", {x: (left + right) / 2, y: h - 8, "text-anchor": "middle"}, spec.x.label);
    node(svg, "text", {transform: "translate(14," + (top + bottom) / 2 + ") rotate(-90)", "text-anchor": "middle"},
         spec.y.label);
    named.slice(0, 8).forEach((s, k) => {
      const at = left + k * (right - left) / Math.min(8, named.length);
      node(svg, "rect", {x: at, y: 8, width: 10, height: 10, fill: s.color});
      node(svg, "text", {x: at + 14, y: 17}, s.name);
    });
    for (const s of spec.series) drawSeries(svg, s, X, s.second ? Y2 : Y, [top, bottom], click);
  }
  function drawSeries(svg, s, X, Y, [top, bottom], click) {
    let path = "", bars = "", pen = "M";
    const dots = [];
    for (let k = 0; k < s.x.length; k++) {
      const x = s.x[k] === null ? NaN : X(s.x[k]), y = s.y[k] === null ? NaN : Y(s.y[k]);
      if (!isFinite(x) || !isFinite(y)) {
        pen = "M";
        continue;
      }
      path += pen + x.toFixed(1) + " " + y.toFixed(1);
      pen = "L";
      if (s.e && s.e[k]) {
        const within = v => Math.min(bottom, Math.max(top, v)), low = s.y[k] - s.e[k];
        const a = within(isFinite(Y(low)) ? Y(low) : bottom), b = within(Y(s.y[k] + s.e[k]));
        if (isFinite(b)) bars += "M" + x.toFixed(1) + " " + a.toFixed(1) + "V" + b.toFixed(1);
      }
      if (!s.line) dots.push([x, y, k]);
    }
    if (s.joined) node(svg, "path", {d: path, stroke: s.color, "stroke-width": 0.8, "stroke-opacity": 0.5, fill: "none"});
    if (s.line)
      node(svg, "path", {d: path + (s.fill ? "Z" : ""), fill: s.fill || "none", stroke: s.fill ? "none" : s.color,
                         "stroke-width": 1.6, "stroke-dasharray": s.dash ? "5 4" : "none"});
    if (bars) node(svg, "path", {d: bars, stroke: s.color, "stroke-width": 0.7, fill: "none"});
    const group = node(svg, "g", {fill: s.color, opacity: s.pale ? 0.4 : 1});
    for (const [x, y, k] of dots) {
      const dot = node(group, "circle", {cx: x.toFixed(1), cy: y.toFixed(1), r: s.x.length > 400 ? 2 : 3});
      if (s.id && click) {
        dot.style.cursor = "pointer";
        dot.addEventListener("click", () => click(s.id[k]));
        node(dot, "title", {}, titleOf(s.id[k]));
      }
    }
  }
  // text that plotly must not read as markup
  const escaped = text => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  function plotlyChart(box, spec, click) {
    const traces = spec.series.map(s => ({
      x: s.x, y: s.y, name: escaped(s.name || ""), showlegend: Boolean(s.name), type: "scatter",
      mode: s.line ? "lines" : s.joined ? "lines+markers" : "markers", opacity: s.pale ? 0.4 : 1, customdata: s.id, text: s.id ? s.id.map(i => escaped(titleOf(i))) : undefined,
      error_y: s.e ? {type: "data", array: s.e, thickness: 0.7, width: 0, color: s.color} : undefined,
      marker: {color: s.color, size: s.x.length > 400 ? 4 : 6}, fill: s.fill ? "toself" : "none", fillcolor: s.fill,
      hoverinfo: s.fill ? "skip" : undefined,
      line: {color: s.fill ? "rgba(0,0,0,0)" : s.color, width: s.joined ? 0.8 : 1.6, dash: s.dash ? "dash" : "solid"},
    }));
    const axis = a => ({title: {text: escaped(a.label)}, type: a.log ? "log" : "linear", gridcolor: "#e4e4e4",
                        exponentformat: "power", zeroline: false, mirror: true, linecolor: "#888"});
    for (const [k, s] of spec.series.entries()) if (s.second) traces[k].yaxis = "y2";
    const layout = {xaxis: axis(spec.x), yaxis: axis(spec.y), margin: {l: 68, r: 12, t: 24, b: 48}, hovermode: "closest",
                    legend: {orientation: "h", y: 1.12}, font: {size: 12}};
    if (spec.y2) {
      layout.yaxis2 = Object.assign(axis(spec.y2), {overlaying: "y", side: "right", showgrid: false});
      layout.margin.r = 60;
    }
    if (spec.equal) layout.yaxis.scaleanchor = "x";
    for (const c of Array.from(box.childNodes)) if (c.nodeType === Node.TEXT_NODE) c.remove(); // "no fit" of the one before
    window.Plotly.react(box, traces, layout, {displaylogo: false, responsive: true});
    if (box.removeAllListeners) box.removeAllListeners("plotly_click");
    if (click)
      box.on("plotly_click", e => {
        if (e.points[0].customdata !== undefined) click(e.points[0].customdata);
      });
  }
  const chart = (box, spec, click) => (window.Plotly ? plotlyChart : plainChart)(box, spec, click);

  // ---- words ----
  // files of one folder are called by what tells them apart
  const folder = data.file.reduce((a, f) => {
    while (!f.startsWith(a)) a = a === "/" ? "" : a.slice(0, a.lastIndexOf("/", a.length - 2) + 1);
    return a;
  }, data.file[0].slice(0, data.file[0].lastIndexOf("/") + 1));
  const fileName = i => data.file[i].slice(folder.length);
  function titleOf(i) {
    const where = data.axes.filter(a => a.value[i] !== null).map(a => a.label.replace(/ \/ .*/, "") + " " +
                                                                      plain(a.value[i], 4));
    return data.cells[data.cell[i]] + ": " + fileName(i) + (data.sweep[i] > 1 ? ", sweep " + data.sweep[i] : "") +
           (where.length ? " (" + where.join(", ") + ")" : "");
  }
  function element(parent, name, text, className) {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (className) e.className = className;
    parent.appendChild(e);
    return e;
  }
  function options(select, list) {
    for (const [value, text] of list) element(select, "option", text).value = value;
  }

  // ---- table ----
  const columns = [];
  const number = (name, of, text) => columns.push({name, of, text, number: true});
  columns.push({name: "cell", of: i => data.cells[data.cell[i]]});
  if (data.groups.length) columns.push({name: "group", of: i => data.group[i] < 0 ? "" : data.groups[data.group[i]]});
  if (data.labels.length > 1) columns.push({name: "conditions", of: i => data.labels[data.label[i]]});
  for (const a of data.axes) number(a.label, i => a.value[i], i => a.value[i] === null ? "" : plain(a.value[i], 5));
  columns.push({name: "flags", of: i => data.flags[i]});
  number("noise / %", i => data.noise[i], i => data.noise[i] === null ? "" : plain(data.noise[i], 2));
  number("misfit / %", i => data.misfit[i], i => data.misfit[i] === null ? "" : plain(data.misfit[i], 2));
  for (const k of data.main) {
    const p = data.parameters[k];
    number(p.name, i => p.value[i], i => shown(p, i));
  }
  columns.push({name: folder ? "file in " + folder : "file", of: fileName});
  number("sweep", i => data.sweep[i], i => String(data.sweep[i]));

  const PAGE = 100;
  let order = [], shownRows = 0, sorted = null, down = false;
  const haystack = data.file.map((f, i) => (f + " " + data.cells[data.cell[i]] + " " + data.flags[i] + " " +
                                            data.labels[data.label[i]] + " " +
                                            (data.group[i] < 0 ? "" : data.groups[data.group[i]])).toLowerCase());
  function compare(a, b) {
    const x = sorted.of(a), y = sorted.of(b);
    const empty = v => v === null || v === "";
    if (empty(x) || empty(y)) return empty(x) - empty(y) || a - b;
    const c = sorted.number ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return (down ? -c : c) || a - b;
  }
  function more() {
    const body = $("table").tBodies[0], end = Math.min(order.length, shownRows + PAGE);
    for (; shownRows < end; shownRows++) {
      const i = order[shownRows], row = element(body, "tr");
      row.dataset.i = i;
      row.tabIndex = 0;
      for (const c of columns)
        element(row, "td", c.text ? c.text(i) : c.of(i), c.number ? "n" : c.name === "flags" ? "odd" : undefined);
    }
    $("t-more").hidden = shownRows >= order.length;
  }
  function refresh() {
    const words = $("t-words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const cell = $("t-cell").value, flag = $("t-flag").value;
    order = [];
    for (let i = 0; i < n; i++) {
      if (cell !== "" && data.cell[i] !== Number(cell)) continue;
      const flags = data.flags[i] ? data.flags[i].split(",") : [];
      if (flag === "none" ? flags.length : flag === "any" ? !flags.length : flag && !flags.includes(flag)) continue;
      if (words.every(w => haystack[i].includes(w))) order.push(i);
    }
    if (sorted) order.sort(compare);
    $("table").tBodies[0].textContent = "";
    shownRows = 0;
    more();
    $("t-count").textContent = order.length === n ? n + " spectra" : order.length + " of " + n + " spectra";
  }
  function heading() {
    const row = element($("table").tHead, "tr");
    for (const c of columns) {
      const th = element(row, "th", c.name, c.number ? "n" : undefined);
      th.addEventListener("click", () => {
        down = sorted === c && !down;
        sorted = c;
        for (const other of row.cells) other.removeAttribute("aria-sort");
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        refresh();
      });
    }
  }

  // ---- one spectrum ----
  let current = 0;
  function scaleOf(list) {
    const [ten, prefix] = prefixOf(median(list.map(Math.abs)));
    return [Math.pow(10, -ten), prefix + "Ω"];
  }
  function drawSpectrum(c) {
    const blue = COLORS[0], red = COLORS[1], fit = c.fitRe.length > 0;
    const [f, unit] = scaleOf(c.re);
    const scaled = (list, sign) => list.map(v => sign * v * f);
    const nyquist = [{name: "measured", x: scaled(c.re, 1), y: scaled(c.im, -1), color: blue}];
    if (fit) nyquist.push({name: "fit", x: scaled(c.fitRe, 1), y: scaled(c.fitIm, -1), color: red, line: true});
    chart($("s-nyquist"), {x: {label: "Re Z / " + unit}, y: {label: "-Im Z / " + unit}, equal: true, series: nyquist});
    const modulus = (re, im) => re.map((v, k) => Math.hypot(v, im[k]) * f);
    const phase = (re, im) => re.map((v, k) => -Math.atan2(im[k], v) * 180 / Math.PI);
    const bode = [{name: "|Z|", x: c.f, y: modulus(c.re, c.im), color: blue},
                  {name: "-phase", x: c.f, y: phase(c.re, c.im), color: "#009e73", second: true}];
    if (fit) {
      bode.push({name: "fit", x: c.f, y: modulus(c.fitRe, c.fitIm), color: red, line: true});
      bode.push({x: c.f, y: phase(c.fitRe, c.fitIm), color: red, line: true, dash: true, second: true});
    }
    chart($("s-bode"), {x: {label: "frequency / Hz", log: true}, y: {label: "|Z| / " + unit, log: true},
                        y2: {label: "-phase / °"}, series: bode});
    const residual = (z, fz) => z.map((v, k) => 100 * (v - fz[k]) / Math.hypot(c.re[k], c.im[k]));
    if (fit)
      chart($("s-residual"), {x: {label: "frequency / Hz", log: true}, y: {label: "residual / % of |Z|"}, series: [
        {name: "real part", x: c.f, y: residual(c.re, c.fitRe), color: blue},
        {name: "imaginary part", x: c.f, y: residual(c.im, c.fitIm), color: red}]});
    else message($("s-residual"), "no fit");
    if (!c.gamma.length) return message($("s-drt"), "no distribution of relaxation times in the store");
    const [g, gUnit] = scaleOf([Math.max.apply(null, c.gamma)]);
    const band = c.low.length && c.high.length && isFinite(c.low[0])
      ? [{x: c.tau.concat(c.tau.slice().reverse()), y: c.high.concat(c.low.slice().reverse()).map(v => v * g),
          color: blue, line: true, fill: "rgba(0,114,178,0.18)"}] : [];
    chart($("s-drt"), {x: {label: "time constant / s", log: true}, y: {label: "gamma / " + gUnit},
                       series: band.concat([{x: c.tau, y: c.gamma.map(v => v * g), color: blue, line: true}])});
  }
  function message(box, text) {
    if (window.Plotly) window.Plotly.purge(box);
    box.textContent = text;
  }
  function show(i) {
    current = i;
    $("s-title").textContent = titleOf(i);
    $("s-words").textContent = (data.flags[i] ? "Flags: " + data.flags[i].replace(/,/g, ", ") + ". " : "No flags. ") +
      data.points[i] + " points" + (data.circuit[i] ? ", circuit " + data.circuit[i] + ", " + data.verdict[i] : "") +
      (data.reason[i] ? ". " + data.reason[i] : "") + ".";
    if (!$("spectrum").open) $("spectrum").showModal();
    const c = curves(i), values = $("s-values");
    if (c && c.re.length) drawSpectrum(c);
    else
      for (const id of ["s-nyquist", "s-bode", "s-residual", "s-drt"])
        message($(id), id !== "s-nyquist" ? "" : c ? "no data" : "the curves of this spectrum are not in this page");
    values.textContent = "";
    const table = element(values, "table");
    for (const p of data.parameters) {
      if (p.value[i] === null) continue;
      const row = element(table, "tr");
      element(element(row, "td"), "code", p.name);
      element(row, "td", shown(p, i));
      element(row, "td", p.error[i] === null ? "fixed, at a bound, or not determined" :
                         p.error[i] > Math.abs(p.value[i]) ? "poorly determined" : "", "dim");
    }
  }
  function step(by) {
    const at = order.indexOf(current), next = order[at + by];
    if (at >= 0 && next !== undefined) show(next);
  }

  // ---- any parameter over anything ----
  function explore() {
    const p = data.parameters[$("x-parameter").value], cell = $("x-cell").value, flagged = $("x-flagged").checked;
    const axis = $("x-axis").value, a = data.axes[axis], q = axis < 0 ? data.parameters[-1 - axis] : null;
    if (!p) return message($("x-chart"), "no fits in the store");
    const byGroup = data.groups.length > 1, sets = new Map(), all = [];
    for (let i = 0; i < n; i++) {
      const x = a ? a.value[i] : q.value[i], v = p.value[i];
      if (x === null || v === null || (cell !== "" && data.cell[i] !== Number(cell))) continue;
      if ((data.flags[i] && !flagged) || p.error[i] > Math.abs(v)) continue;
      const key = cell !== "" ? data.label[i] : byGroup ? data.group[i] : data.cell[i];
      if (!sets.has(key)) {
        const color = cell !== "" ? sets.size : byGroup ? key + 1 : key;
        const name = cell !== "" ? data.labels[key] : byGroup ? data.groups[key] || "no group" : data.cells[key];
        sets.set(key, {name, x: [], y: [], e: [], id: [], color: COLORS[color % COLORS.length]});
      }
      const s = sets.get(key);
      s.x.push(x);
      s.y.push(v);
      s.e.push(p.error[i]);
      s.id.push(i);
      all.push(Math.abs(v));
    }
    const [ten, prefix] = p.prefix ? prefixOf(median(all)) : [0, ""], f = Math.pow(10, -ten);
    const series = Array.from(sets.values());
    for (const s of series) {
      s.y = s.y.map(v => v * f);
      s.e = s.e.map(v => v === null ? 0 : v * f);
    }
    if (!series.length) return message($("x-chart"), "nothing to show: no spectrum without flags, or no error below the value");
    chart($("x-chart"), {x: {label: a ? a.label : q.name + (q.unit ? " / " + q.unit : ""), log: !a && $("x-log").checked},
                         y: {label: p.name + (p.unit ? " / " + prefix + p.unit : ""), log: $("x-log").checked}, series},
          show);
  }

  // ---- processes that were followed ----
  const followed = $("processes") ? JSON.parse($("processes").textContent) : null;
  let held = []; // [values of all spectra, select]
  function rowsOf(process) {
    if (!process.points) {
      const v = floats(process.rows[0]), points = process.points = [];
      for (let k = 0; k < v.length; k += 7)
        points.push({i: v[k], R: v[k + 1], e: v[k + 2], C: v[k + 3], tau: v[k + 4], sure: v[k + 5], notes: v[k + 6]});
    }
    return process.points;
  }
  const near = (list, at) => list.reduce((a, b) => Math.abs(b - at) < Math.abs(a - at) ? b : a);
  function holding() {
    const choice = followed.choices[$("p-axis").value], box = $("p-held");
    box.textContent = "";
    held = [];
    if (!choice) return;
    const select = (name, value, list, chosen) => {
      const e = element(element(box, "label", name + " "), "select");
      options(e, [["", "all"]].concat(list));
      e.value = chosen;
      e.addEventListener("change", processes);
      held.push([value, e]);
    };
    for (const h of choice.held) {
      const a = data.axes[h.axis], values = Array.from(new Set(a.value.filter(v => v !== null))).sort((x, y) => x - y);
      if (values.length) select(a.label, a.value, values.map(v => [v, plain(v, 5)]), near(values, h.at));
    }
    if (choice.label >= 0) select("", data.label, data.labels.map((l, k) => [k, l]).filter(o => o[1]), choice.label);
  }
  function keep(i, choice) {
    const cell = $("p-cell").value;
    return (cell === "" || data.cell[i] === Number(cell)) && (!data.flags[i] || $("p-flagged").checked) &&
      held.every(([value, e]) => e.value === "" || value[i] === Number(e.value)) &&
      (!choice || data.axes[choice.axis].value[i] !== null);
  }
  // what the colour tells apart
  function keyOf(i) {
    if ($("p-cell").value === "") return data.groups.length > 1 ? [data.group[i], data.groups[data.group[i]] || "no group"]
                                                               : [data.cell[i], data.cells[data.cell[i]]];
    const open = held.find(([, e]) => e.value === "");
    return open ? [open[0][i], open[1].selectedOptions[0].parentNode.parentNode.textContent.split(" ")[0] + " " +
                               (open[0] === data.label ? data.labels[open[0][i]] : plain(open[0][i], 4))] : [0, ""];
  }
  function panel(box, process, points, choice) {
    const a = data.axes[choice.axis], sets = new Map(), colors = new Map(), cell = $("p-cell").value;
    const grouped = cell === "" && data.groups.length > 1; // the colours of the figures
    const [ten, prefix] = prefixOf(median(points.map(p => p.R))), f = Math.pow(10, -ten);
    for (const p of points.slice().sort((p, q) => a.value[p.i] - a.value[q.i])) {
      const [key, name] = keyOf(p.i), pale = process.named && !(p.sure >= 0.8), id = key + (pale ? "?" : "");
      if (!colors.has(key)) colors.set(key, COLORS[(grouped ? key + 1 : cell === "" ? key : colors.size) % COLORS.length]);
      if (!sets.has(id))
        sets.set(id, {name: sets.has(key + (pale ? "" : "?")) ? "" : name, color: colors.get(key), pale, x: [], y: [], e: [], id: [], joined: cell !== ""});
      const s = sets.get(id);
      s.x.push(a.value[p.i]);
      s.y.push(p.R * f);
      s.e.push(1.96 * p.e * f || 0);
      s.id.push(p.i);
    }
    chart(box, {x: {label: a.label}, y: {label: "R of " + process.name + " / " + prefix + "Ω", log: $("p-log").checked},
                series: Array.from(sets.values())}, show);
  }
  function values(process, p) {
    const ohm = {value: [p.R], error: [p.e], prefix: true, unit: "Ω"}, one = (v, unit) => {
      const [ten, prefix] = prefixOf(v);
      return v > 0 ? plain(v * Math.pow(10, -ten), 3) + " " + prefix + unit : "";
    };
    return [process.name, data.cells[data.cell[p.i]]].concat(
      data.groups.length ? [data.group[p.i] < 0 ? "" : data.groups[data.group[p.i]]] : [],
      data.axes.map(a => a.value[p.i] === null ? "" : plain(a.value[p.i], 5)),
      [shown(ohm, 0), one(p.C, "F"), one(p.tau, "s"), process.named && p.tau > 0 && isFinite(p.sure) ? Math.round(100 * p.sure) + " %" : "",
       [p.notes & 1 ? "no peak of its own" : "", p.notes & 2 ? "only as a sum" : "", data.flags[p.i]].filter(Boolean).join(", ")]);
  }
  function processes() {
    const choice = followed.choices[$("p-axis").value], box = $("p-charts"), ROWS = 60;
    const body = $("p-table").tBodies[0];
    let count = 0, charts = 0, most = 0;
    for (const process of followed.processes)
      most = Math.max(most, rowsOf(process).filter(p => keep(p.i, choice) && p.e <= p.R).length);
    body.textContent = "";
    for (const process of followed.processes) {
      const points = rowsOf(process).filter(p => keep(p.i, choice)), k = charts;
      for (const p of points) {
        if (count++ >= ROWS) continue;
        const row = element(body, "tr");
        row.dataset.i = p.i;
        for (const text of values(process, p)) element(row, "td", text, /^[\d.]/.test(text) ? "n" : undefined);
      }
      const drawn = points.filter(p => p.e <= p.R);
      if (!choice || 20 * drawn.length <= most || charts === 8) continue;
      panel(box.children[k] || element(box, "div", undefined, "chart"), process, drawn, choice);
      charts++;
    }
    while (box.children.length > charts) {
      if (window.Plotly) window.Plotly.purge(box.lastChild);
      box.lastChild.remove();
    }
    $("p-count").textContent = count > ROWS ? ROWS + " of " + count + " rows are shown." : "";
  }
  function startProcesses() {
    options($("p-axis"), followed.choices.map((c, k) => [k, data.axes[c.axis].label]));
    options($("p-cell"), [["", "all"]].concat(data.cells.map((c, k) => [k, c])));
    const soc = followed.choices.findIndex(c => data.axes[c.axis].key === "soc");
    if (followed.choices.length) $("p-axis").value = Math.max(0, soc);
    $("p-flagged").checked = data.flags.filter(Boolean).length * 2 > n;
    const head = element($("p-table").tHead, "tr");
    for (const name of ["process", "cell"].concat(data.groups.length ? ["group"] : [], data.axes.map(a => a.label),
                                                  ["R ± standard error", "C", "time constant", "sure", "notes"]))
      element(head, "th", name);
    holding();
    processes();
    $("p-axis").addEventListener("change", () => {
      holding();
      processes();
    });
    for (const id of ["p-cell", "p-flagged", "p-log"]) $(id).addEventListener("change", processes);
    $("p-table").tBodies[0].addEventListener("click", e => {
      const row = e.target.closest("tr");
      if (row) show(Number(row.dataset.i));
    });
  }

  // ---- start ----
  const cells = [["", "all"]].concat(data.cells.map((c, k) => [k, c]));
  const flags = Array.from(new Set(data.flags.flatMap(f => f.split(",")))).filter(Boolean).sort();
  options($("t-cell"), cells);
  options($("x-cell"), cells);
  options($("t-flag"), [["", "all"], ["none", "none"], ["any", "any"]].concat(flags.map(f => [f, f])));
  options($("x-parameter"), data.parameters.map((p, k) => [k, p.name]));
  options($("x-axis"), data.axes.map((a, k) => [k, a.label]).concat(data.parameters.map((p, k) => [-1 - k, p.name])));
  if (data.main.length) $("x-parameter").value = data.main[0];
  $("x-flagged").checked = data.flags.filter(Boolean).length * 2 > n;
  heading();
  refresh();
  for (const id of ["x-parameter", "x-axis", "x-cell", "x-flagged", "x-log"]) $(id).addEventListener("change", explore);
  let waiting = 0;
  $("t-words").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 120);
  });
  for (const id of ["t-cell", "t-flag"]) $(id).addEventListener("change", refresh);
  $("t-more").addEventListener("click", more);
  $("table").tBodies[0].addEventListener("click", e => {
    const row = e.target.closest("tr");
    if (row) show(Number(row.dataset.i));
  });
  $("table").tBodies[0].addEventListener("keydown", e => {
    if (e.key === "Enter" && e.target.dataset.i !== undefined) show(Number(e.target.dataset.i));
  });
  $("s-previous").addEventListener("click", () => step(-1));
  $("s-next").addEventListener("click", () => step(1));
  $("s-close").addEventListener("click", () => $("spectrum").close());
  $("spectrum").addEventListener("keydown", e => {
    if (e.key === "ArrowLeft") step(-1);
    if (e.key === "ArrowRight") step(1);
  });
  // charts when they come into view, or when all of the page is printed
  function whenSeen(box, draw) {
    let drawn = false;
    const once = () => {
      if (!drawn) draw();
      drawn = true;
    };
    const seen = new IntersectionObserver(entries => {
      if (!entries.some(e => e.isIntersecting)) return;
      seen.disconnect();
      once();
    }, {rootMargin: "300px"});
    seen.observe(box);
    addEventListener("beforeprint", once);
    if (n <= 5000) addEventListener("load", () => setTimeout(once, 50));
  }
  // what plotly draws has the width of the window, not of the paper
  const paper = wide => {
    for (const box of document.querySelectorAll("body > section .js-plotly-plot"))
      if (box._fullLayout) window.Plotly.relayout(box, wide ? {width: 0.9 * box.clientWidth, autosize: true} :
                                         {width: box.parentNode.id === "p-charts" ? 330 : 670, height: box.clientHeight});
  };
  whenSeen($("x-chart"), explore);
  if (followed) whenSeen($("p-charts"), startProcesses);
  if (window.Plotly) {
    addEventListener("beforeprint", () => paper(false));
    addEventListener("afterprint", () => paper(true));
  }
  document.documentElement.dataset.ready = "yes";
})();
