//! One picture a scenario, of six charts.

use crate::{
    parameters::{CREDITS_PER_USD, TOKEN},
    record::{Row, ROW_EPOCHS},
    Outcome,
};
use anyhow::{anyhow, Context, Result};
use plotters::{
    coord::Shift,
    prelude::*,
    style::{register_font, FontStyle},
};
use std::{ops::Range, path::Path};

const SIZE: (u32, u32) = (1_800, 1_500);
const FONT: &str = "sans-serif";
const EPOCHS_PER_YEAR: f64 = 365.0;
const YEARS: f64 = 10.0;

// Okabe and Ito's colours, which the colour-blind can tell apart.
const BLUE: RGBColor = RGBColor(0, 114, 178);
const ORANGE: RGBColor = RGBColor(230, 159, 0);
const GREEN: RGBColor = RGBColor(0, 158, 115);
const RED: RGBColor = RGBColor(213, 94, 0);
const BAND: RGBColor = RGBColor(235, 214, 214);
const INK: RGBColor = RGBColor(40, 40, 40);
const GRID: RGBColor = RGBColor(225, 225, 225);

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

/// A chart: what it shows, in what, and its lines.
struct Chart {
    title: &'static str,
    unit: &'static str,
    lines: Vec<Line>,
    legend: SeriesLabelPosition,
}

struct Line {
    name: &'static str,
    color: RGBColor,
    values: Vec<f64>,
}

/// Draws a scenario to a PNG file.
pub(crate) fn draw(path: &Path, outcome: &Outcome) -> Result<()> {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .and_then(|()| register_font(FONT, FontStyle::Bold, dejavu::sans::bold()))
        .map_err(|_| anyhow!("the font that comes along is not one"))?;
    paint(path, outcome).with_context(|| format!("cannot draw {}", path.display()))
}

fn paint(path: &Path, outcome: &Outcome) -> Result<()> {
    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let scenario = &outcome.scenario;
    let heading = (FONT, 40).into_font().style(FontStyle::Bold).color(&INK);
    root.draw_text(scenario.title, &heading, (40, 26))?;
    let story = (FONT, 21).into_font().color(&INK);
    for (line, text) in (0..).zip(wrap(scenario.story, 140)) {
        root.draw_text(&text, &story, (40, 80 + 28 * line))?;
    }
    let (_, below) = root.split_vertically(140);
    for (area, chart) in below.split_evenly((3, 2)).iter().zip(charts(outcome)) {
        chart.paint(&area.margin(8, 8, 24, 32), &shock(outcome))?;
    }
    root.present()?;
    Ok(())
}

/// Breaks a text between words.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.len() + word.len() >= columns {
            lines.push(word.to_string());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Years in which something goes wrong.
fn shock(outcome: &Outcome) -> Range<f64> {
    let scenario = &outcome.scenario;
    let spans = [
        &scenario.crash,
        &scenario.exit,
        &scenario.outage,
        &scenario.halt,
    ];
    let span = spans.into_iter().find(|span| !span.is_empty());
    span.map_or(0.0..0.0, |span| {
        span.start as f64 / EPOCHS_PER_YEAR..span.end as f64 / EPOCHS_PER_YEAR
    })
}

fn charts(outcome: &Outcome) -> [Chart; 6] {
    let rows = &outcome.honest.rows;
    let line = |name, color, of: &dyn Fn(&Row) -> f64| Line {
        name,
        color,
        values: rows.iter().map(of).collect(),
    };
    let days = ROW_EPOCHS as f64;
    let tokens = |units: u64| units as f64 / TOKEN as f64;
    let credits = |credits: u64| credits as f64 / CREDITS_PER_USD as f64;
    [
        Chart {
            legend: SeriesLabelPosition::UpperLeft,
            title: "Price of the token",
            unit: "dollars",
            lines: vec![line("market price", BLUE, &|row| row.price)],
        },
        Chart {
            legend: SeriesLabelPosition::UpperLeft,
            title: "Revenue and operators' pay",
            unit: "dollars a day",
            lines: vec![
                line("revenue", BLUE, &|row| credits(row.revenue) / days),
                line("pay in stablecoin", GREEN, &|row| {
                    row.stable_paid as f64 / 1e6 / days
                }),
                line("pay in tokens", ORANGE, &|row| row.tokens_paid_usd / days),
            ],
        },
        Chart {
            legend: SeriesLabelPosition::UpperRight,
            title: "Emission and burns",
            unit: "tokens a day",
            lines: vec![
                line("schedule", BLUE, &|row| tokens(row.scheduled) / days),
                line("minted", GREEN, &|row| tokens(row.minted) / days),
                line("burnt", RED, &|row| tokens(row.burned) / days),
            ],
        },
        Chart {
            legend: SeriesLabelPosition::UpperLeft,
            title: "Demand and capacity",
            unit: "dollars a day",
            lines: vec![
                line("capacity", BLUE, &|row| row.capacity as f64),
                line("demand", ORANGE, &|row| row.demand),
            ],
        },
        Chart {
            legend: SeriesLabelPosition::UpperRight,
            title: "Tokens that operators wait for",
            unit: "tokens",
            lines: vec![
                line("held back by age", BLUE, &|row| tokens(row.held)),
                line("unpaid", RED, &|row| tokens(row.due)),
            ],
        },
        attackers(outcome),
    ]
}

fn attackers(outcome: &Outcome) -> Chart {
    Chart {
        legend: SeriesLabelPosition::LowerLeft,
        title: "What attackers have gained",
        unit: "dollars, cumulative",
        lines: vec![
            Line {
                name: "wash trader",
                color: RED,
                values: outcome.wash.path.clone(),
            },
            Line {
                name: "burn farmer",
                color: ORANGE,
                values: outcome.farm.path.clone(),
            },
        ],
    }
}

impl Chart {
    fn paint(&self, area: &Area, shock: &Range<f64>) -> Result<()> {
        let values = || {
            self.lines
                .iter()
                .flat_map(|line| line.values.iter().copied())
        };
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        let room = (high - low) * 0.08;
        let low = if low < 0.0 { low - room } else { 0.0 };
        let mut chart = ChartBuilder::on(area)
            .caption(
                self.title,
                (FONT, 25).into_font().style(FontStyle::Bold).color(&INK),
            )
            .x_label_area_size(52)
            .y_label_area_size(100)
            .build_cartesian_2d(0.0..YEARS, low..high + room)?;
        let label = (FONT, 18).into_font().color(&INK);
        chart
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(WHITE)
            .axis_style(INK)
            .x_labels(11)
            .y_labels(7)
            .x_label_formatter(&|year| format!("{year:.0}"))
            .y_label_formatter(&|value| short(*value))
            .x_desc("years")
            .y_desc(self.unit)
            .label_style(label.clone())
            .axis_desc_style(label.clone())
            .draw()?;
        if !shock.is_empty() {
            let corners = [(shock.start, low), (shock.end, high + room)];
            chart.draw_series([Rectangle::new(corners, BAND.filled())])?;
        }
        for line in &self.lines {
            let color = line.color;
            chart
                .draw_series(LineSeries::new(line.points(), color.stroke_width(2)))?
                .label(line.name)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 26, y)], color.stroke_width(4))
                });
        }
        chart
            .configure_series_labels()
            .position(self.legend.clone())
            .margin(14)
            .legend_area_size(34)
            .background_style(WHITE.mix(0.85))
            .border_style(GRID)
            .label_font(label)
            .draw()?;
        Ok(())
    }
}

impl Line {
    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let year = |row: u64| (row * ROW_EPOCHS) as f64 / EPOCHS_PER_YEAR;
        (1..).map(year).zip(self.values.iter().copied())
    }
}

/// A number with a letter for its thousands.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1e6 {
        format!("{:.1} M", value / 1e6)
    } else if size >= 1e3 {
        format!("{:.0} k", value / 1e3)
    } else if size >= 10.0 || size == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
