//! Measures the time of each function relative to its rival's.
//!
//! Both take turns, so that other load on the machine affects both alike. Each turn gives one
//! ratio; the median is reported.

use std::time::Instant;

use wmi_benches::{Data, PAIRS};

const TURNS: usize = 501;

/// The least duration of one function's turn, in seconds.
const TURN: f64 = 5e-4;

fn main() {
    let mut data = Data::default();
    println!("| | rival | ours, ns | rival's, ns | ours / rival's | middle half | goal |");
    println!("|---|---|---|---|---|---|---|");
    for pair in PAIRS {
        let repeat = repetitions(pair.rival, &mut data);
        let mut time = |function| time(function, repeat, &mut data);
        let mut times: Vec<_> = (0..TURNS)
            .map(|turn| {
                // They alternate in going first.
                if turn % 2 == 0 {
                    let ours = time(pair.ours);
                    (ours, time(pair.rival))
                } else {
                    let rival = time(pair.rival);
                    (time(pair.ours), rival)
                }
            })
            .collect();
        times.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
        let [low, median, high] = [1, 2, 3].map(|quarter| {
            let (ours, rival) = times[TURNS * quarter / 4];
            ours / rival
        });
        let nanoseconds = |of: fn(&(f64, f64)) -> f64| {
            let mut times: Vec<f64> = times.iter().map(of).collect();
            times.sort_by(f64::total_cmp);
            times[TURNS / 2] * 1e9
        };
        println!(
            "| {} | {} | {:.0} | {:.0} | {median:.3} | {low:.3} to {high:.3} | {:.2} |",
            pair.what,
            pair.rival_name,
            nanoseconds(|turn| turn.0),
            nanoseconds(|turn| turn.1),
            pair.goal
        );
    }
}

/// Returns the seconds that one call of a function takes.
fn time(function: fn(&mut Data), repeat: u32, data: &mut Data) -> f64 {
    let start = Instant::now();
    for _ in 0..repeat {
        function(data);
    }
    start.elapsed().as_secs_f64() / f64::from(repeat)
}

/// Returns how often a function must run to fill a turn.
fn repetitions(function: fn(&mut Data), data: &mut Data) -> u32 {
    let mut repeat = 1;
    while time(function, repeat, data) * f64::from(repeat) < TURN {
        repeat *= 2;
    }
    repeat
}
