// Charts: loaded only by pages that show one. <div class="chart" data-chart="ID"> draws the option object of the
// <script type="application/json" id="ID">; colours given as "var(--blue)" follow the theme.
import { BarChart, HeatmapChart, LineChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { whenPresent } from "./dom.js";

use([BarChart, HeatmapChart, LineChart, SankeyChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent]);
use([VisualMapComponent, CanvasRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function painted(value) {
  if (typeof value === "string") return value.replace(/var\((--[\w-]+)\)/g, (_, name) => token(name));
  if (Array.isArray(value)) return value.map(painted);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, painted(inner)]));
  }
  return value;
}

function base() {
  return {
    animation: false,
    aria: { enabled: true },
    color: ["--blue", "--green", "--orange", "--purple", "--teal", "--red"].map(token),
    textStyle: { fontFamily: token("--face"), color: token("--ink-2") },
    // A tooltip of markup would need inline styles, which the pages' security policy forbids.
    tooltip: { renderMode: "richText", backgroundColor: token("--sheet"), textStyle: { color: token("--ink") } },
  };
}

function draw(chart, element) {
  const given = painted(JSON.parse(document.getElementById(element.dataset.chart).textContent));
  const common = base();
  chart.setOption({ ...common, ...given, tooltip: { ...common.tooltip, ...given.tooltip } }, true);
}

whenPresent("[data-chart]", (element) => {
  const chart = init(element);
  draw(chart, element);
  new ResizeObserver(() => chart.resize()).observe(element);
  const redraw = () => draw(chart, element);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
});
