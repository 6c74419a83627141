// Knows how a table's figures become a chart: bars and lines only, drawn as SVG, patterns as well as colours, words for screen readers.
// <div class="chart" data-chart="figures-id"></div> reads the JSON script block of that id:
// {"kind": "bar" | "line", "stack": false, "unit": "件", "labels": […], "series": [{"name": …, "values": […], "urls": […]}]}
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Every bar has its name: askew where the names would not fit beside each other.
function names(labels, width, text) {
  const longest = Math.max(...labels.map((label) => String(label).length)) * text.fontSize;
  return { ...text, interval: labels.length > 24 ? "auto" : 0, rotate: longest * labels.length > width * 0.9 ? 40 : 0 };
}

function optionOf(figures, width) {
  const text = { color: token("--quiet"), fontFamily: token("--sans"), fontSize: 13 };
  const line = { lineStyle: { color: token("--rule") } };
  return {
    animation: false,
    aria: { enabled: true, decal: { show: figures.series.length > 1 } },
    color: [token("--blue"), token("--rule-strong"), token("--green"), token("--amber")],
    textStyle: text,
    grid: { left: 8, right: 8, top: figures.series.length > 1 ? 40 : 12, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, textStyle: text, show: figures.series.length > 1 },
    // A tooltip in HTML would carry style attributes, which the policy forbids.
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => `${value ?? "—"} ${figures.unit ?? ""}` },
    xAxis: { type: "category", data: figures.labels, axisLine: line, axisTick: { show: false }, axisLabel: names(figures.labels, width, text) },
    yAxis: { type: "value", splitLine: line, axisLabel: { ...text, formatter: `{value} ${figures.unit ?? ""}` } },
    series: figures.series.map((one) => ({
      type: figures.kind,
      name: one.name,
      data: one.values,
      stack: figures.stack ? "all" : undefined,
      barMaxWidth: 28,
      symbolSize: 6,
    })),
  };
}

function draw(box) {
  const source = document.getElementById(box.dataset.chart);
  if (!source || box.dataset.drawn) return;
  box.dataset.drawn = "yes";
  const figures = JSON.parse(source.textContent);
  const chart = init(box, null, { renderer: "svg" });
  chart.setOption(optionOf(figures, box.clientWidth));
  chart.on("click", ({ seriesIndex, dataIndex }) => {
    const url = figures.series[seriesIndex]?.urls?.[dataIndex];
    if (url) location.assign(url);
  });
  new ResizeObserver(() => chart.resize()).observe(box);
}

const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSwap", drawAll);
