//! The device of the naive dispatcher behind the dispatcher in C: only its values are used, whereas
//! the checks and the replies are those of C.

#[path = "../../../tests/provider/naive/mod.rs"]
#[expect(dead_code, reason = "the checks and replies are those of C")]
mod model;

use model::{Class, Stop};
use wmi_benches::c::{self, BUFFER_TOO_SMALL, DYNAMIC, Driver, EVENT_ONLY, EXPENSIVE, FIXED, PDO};

pub(crate) use model::State;

const CLASSES: [Class; 7] = [
    Class::PortStats,
    Class::Settings,
    Class::Session,
    Class::Lane,
    Class::Note,
    Class::Tools,
    Class::Alarm,
];

/// Answers a request as the naive dispatcher would.
pub(crate) fn answer(
    state: &mut State,
    minor: u8,
    guid: [u8; 16],
    time: i64,
    buffer: &mut [u8],
) -> (u32, usize) {
    let block = |class: Class, flags, size, writable| {
        c::Block::new(model::guid(class), flags, size, writable)
    };
    let blocks = [
        block(Class::PortStats, FIXED, 10, &[false; 2]),
        block(
            Class::Settings,
            FIXED | EXPENSIVE | PDO,
            17,
            &[true, false, true, true],
        ),
        block(Class::Session, DYNAMIC, 0, &[false, false, true]),
        block(Class::Lane, FIXED | DYNAMIC, 6, &[false; 2]),
        block(Class::Note, 0, 0, &[false]),
        block(Class::Tools, FIXED | PDO, 4, &[]),
        block(Class::Alarm, EVENT_ONLY, 0, &[]),
    ];
    let names = CLASSES.map(|class| {
        let names = model::names(state, class).into_iter();
        names.map(|name| name.encode_utf16().collect()).collect()
    });
    let mut device = Device { state, names };
    c::answer(&blocks, &mut device, (minor, guid, time), buffer)
}

struct Device<'a> {
    state: &'a mut State,
    /// The dynamic names of the instances of each class.
    names: [Vec<Vec<u16>>; 7],
}

/// Returns the status; the handlers of these requests never ask for more room.
fn status(stop: Stop) -> u32 {
    match stop {
        Stop::Status(status) => status,
        Stop::Needs(_) => unreachable!("the request has no output"),
    }
}

impl Driver for Device<'_> {
    fn is_present(&self, block: u32) -> bool {
        CLASSES[block as usize] != Class::Note || self.state.has_notes
    }

    fn count(&self, block: u32) -> u32 {
        model::data(self.state, CLASSES[block as usize]).len() as u32
    }

    fn name(&self, block: u32, instance: u32) -> &[u16] {
        &self.names[block as usize][instance as usize]
    }

    fn base_name(&self, _: u32) -> &[u16] {
        &[]
    }

    fn query(&mut self, block: u32, instance: u32) -> Result<Vec<u8>, u32> {
        Ok(model::data(self.state, CLASSES[block as usize]).swap_remove(instance as usize))
    }

    fn set(&mut self, block: u32, instance: u32, data: &[u8]) -> Result<(), u32> {
        let class = CLASSES[block as usize];
        model::change(self.state, class, instance as usize, data).map_err(status)
    }

    fn set_item(&mut self, block: u32, instance: u32, item: u32, data: &[u8]) -> Result<(), u32> {
        let class = CLASSES[block as usize];
        model::change_item(self.state, class, instance as usize, item, data).map_err(status)
    }

    fn execute(
        &mut self,
        block: u32,
        _: u32,
        method: u32,
        input: &[u8],
        room: usize,
    ) -> Result<Vec<u8>, (u32, usize)> {
        let class = CLASSES[block as usize];
        let output = model::execute(self.state, class, method, input, room as u128);
        output.map_err(|stop| match stop {
            Stop::Status(status) => (status, 0),
            Stop::Needs(size) => (BUFFER_TOO_SMALL, size as usize),
        })
    }

    fn enable(&mut self, block: u32, on: bool) {
        match CLASSES[block as usize] {
            Class::Alarm => self.state.alarm_enabled = on,
            Class::PortStats => self.state.stats_enabled = on,
            Class::Note => self.state.notes_enabled = on,
            _ => {}
        }
    }

    fn collect(&mut self, _: u32, on: bool) {
        self.state.is_collecting = on;
    }
}
