// The page's line icons, drawn on a 20 by 20 grid.

const PATHS = {
  check: "M4.5 10.5l3.6 3.6 7.4-8.2",
  pause: "M7.6 6.6v6.8M12.4 6.6v6.8",
  cross: "M6.2 6.2l7.6 7.6M13.8 6.2l-7.6 7.6",
  plus: "M10 4.2v11.6M4.2 10h11.6",
  edit: "M12.6 4.6l2.8 2.8-8.2 8.2-3.4.6.6-3.4zM11 6.2l2.8 2.8",
  trash: "M4 6h12M8 6V4.2h4V6M5.6 6l.7 9.8h7.4l.7-9.8M8.5 8.8v4.4M11.5 8.8v4.4",
  search: "M9 14.2A5.2 5.2 0 1 0 9 3.8a5.2 5.2 0 0 0 0 10.4zM12.8 12.8l3.6 3.6",
  left: "M12 4.6L6.6 10l5.4 5.4",
  right: "M8 4.6l5.4 5.4L8 15.4",
  down: "M5 7.8l5 5 5-5",
  up: "M5 12.2l5-5 5 5",
  sorts: "M6.6 8L10 4.6 13.4 8M6.6 12l3.4 3.4 3.4-3.4",
  details: "M4 5.4h12M4 10h12M4 14.6h6.5",
  eye: "M2.4 10S5.2 5 10 5s7.6 5 7.6 5-2.8 5-7.6 5-7.6-5-7.6-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  sliders: "M3.6 6.4h6.2M13.8 6.4h2.6M3.6 13.6h2.6M10.2 13.6h6.2M11.8 4.4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM8.2 11.6a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  user: "M10 10.2a3.1 3.1 0 1 0 0-6.2 3.1 3.1 0 0 0 0 6.2zM4.2 16.2a5.9 5.9 0 0 1 11.6 0",
  select: "M3.8 5.6l1.2 1.2 2-2.3M3.8 11.4L5 12.6l2-2.3M10 5.8h6.2M10 11.6h6.2M10 15.6h6.2",
  cloudOff: "M3.4 3.4l13.2 13.2M7.2 7.1A3.9 3.9 0 0 0 6 8.4a3.4 3.4 0 0 0 .3 6.8h8M16.6 13.6a3 3 0 0 0-2-5.2A4.4 4.4 0 0 0 9.6 5.2",
  leaf: "M5 15c0-6.4 3.6-9.8 10.6-10.2C15.8 11.6 12.4 15 7 14.6M4.4 16.4C6 13 8 11 11 9.4",
  play: "M7.4 5.4v9.2l7-4.6z",
  inbox: "M3.6 11.2l2-6h8.8l2 6v4.2H3.6zM3.6 11.2h3.6l1 1.8h3.6l1-1.8h3.6",
};

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** The mark of a status. Its shape tells the status too, not only its colour. */
export const STATUS_ICON = { 0: "cross", 1: "play", 2: "check", 3: "pause" };
