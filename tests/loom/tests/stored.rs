//! Stored values, in any interleaving of threads and with any value that the memory model lets a reader
//! see.
//!
//! The tests run the library's own code of the version and the bytes on loom's atomics.

#[path = "../../../wmi-core/src/provider/versioned.rs"]
mod versioned;

use loom::sync::Arc;
use loom::thread;
use sync::AtomicU8;
use versioned::Versioned;

/// The atomics of `wmi-core`.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering, fence};
}

fn stored(bytes: [u8; 2]) -> Arc<Versioned<[AtomicU8; 2]>> {
    Arc::new(Versioned::new(bytes.map(AtomicU8::new), 2))
}

/// Reads once.
fn read(stored: &Versioned<[AtomicU8; 2]>) -> Option<Vec<u8>> {
    let mut bytes = [0; 2];
    let length = stored.try_read(&mut bytes)?;
    Some(bytes[..length].to_vec())
}

/// Runs a test with at most three preemptions of threads, as all interleavings take minutes.
fn bounded(test: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(test);
}

#[test]
fn readers_see_the_bytes_of_one_writer_and_never_older_ones_again() {
    bounded(|| {
        let values = stored([1, 1]);
        let writer = {
            let values = Arc::clone(&values);
            thread::spawn(move || values.try_write(&[2]).is_some())
        };
        let whole = [vec![1, 1], vec![2]];
        let seen = [read(&values), read(&values)];
        for seen in seen.iter().flatten() {
            assert!(whole.contains(seen), "{seen:?}");
        }
        if let [Some(first), Some(second)] = seen {
            assert!(first <= second, "{first:?}, then {second:?}");
        }
        assert!(writer.join().unwrap());
        assert_eq!(read(&values), Some(vec![2]));
    });
}

#[test]
fn one_of_two_writers_replaces_the_bytes() {
    bounded(|| {
        let values = stored([1, 1]);
        let other = {
            let values = Arc::clone(&values);
            thread::spawn(move || values.try_write(&[2, 2]).is_some())
        };
        let written = [values.try_write(&[3, 3]).is_some(), other.join().unwrap()];
        let last = read(&values).expect("nobody replaces the bytes now");
        match written {
            [true, true] => assert!(last == [2, 2] || last == [3, 3], "{last:?}"),
            [true, false] => assert_eq!(last, [3, 3]),
            [false, true] => assert_eq!(last, [2, 2]),
            [false, false] => panic!("both writers gave up"),
        }
    });
}
