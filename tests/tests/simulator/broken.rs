//! Providers that break a rule, and the violation that each causes.

use core::mem::offset_of;

use wmi_core::provider::{Minor, Request, Response};
use wmi_core::wnode::flags::*;
use wmi_core::wnode::{
    Fault, WmiRegGuid, WmiRegInfo, WnodeAllData, WnodeHeader, WnodeSingleInstance, WnodeTooSmall,
};
use wmi_core::{DataBlock, NtStatus, WmiClass};
use wmi_tools::Classes;
use wmi_tools::simulator::{Failure, ProtocolRule, Simulator};

use super::device::*;
use super::kinds::SCHEMA;
use super::shared::{again, boxed, get, put};

/// Damages the answer of a provider.
type Damage = fn(Minor, &mut [u8], &mut Response);

type Wmi<'a> = Simulator<'a, Box<dyn FnMut(Request<'_>) -> Response + 'a>>;

/// Returns the violation in the registration, or otherwise in the answers to a call.
fn found<T>(damage: Damage, call: fn(&mut Wmi<'_>) -> Result<T, Failure>) -> ProtocolRule {
    let device = Device::new();
    let mut wmi: Wmi<'_> = Simulator::new(Box::new(|mut request: Request<'_>| {
        let minor = request.minor;
        let mut response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        damage(minor, request.buffer, &mut response);
        response
    }));
    wmi = wmi.with_schema(&SCHEMA);
    let registered = wmi.register().map(|_| ());
    match registered.and_then(|()| call(&mut wmi).map(|_| ())) {
        Err(Failure::Violation(violation)) => violation.rule,
        other => panic!("{other:?}"),
    }
}

fn query_all(wmi: &mut Wmi<'_>) -> Result<(), Failure> {
    wmi.query_all::<PortStats>().map(|_| ())
}

fn query_sessions(wmi: &mut Wmi<'_>) -> Result<(), Failure> {
    wmi.query_all_variable::<Session<'_>>().map(|_| ())
}

fn query_one(wmi: &mut Wmi<'_>) -> Result<(), Failure> {
    wmi.query::<PortStats>(1).map(|_| ())
}

fn set(wmi: &mut Wmi<'_>) -> Result<(), Failure> {
    wmi.set_item(0, Settings::MODE, 7)
}

const FLAGS: usize = offset_of!(WnodeHeader, flags);

fn is_too_small(buffer: &[u8]) -> bool {
    get(buffer, FLAGS) == WNODE_FLAG_TOO_SMALL
}

#[test]
fn wrong_information_is_found() {
    let rule = found(
        |minor, buffer, response| {
            if minor == Minor::QueryAllData {
                response.information = buffer.len() + 1;
            }
        },
        query_all,
    );
    let (information, capacity) = (65, 64);
    assert_eq!(
        rule,
        ProtocolRule::InformationTooLarge {
            information,
            capacity
        }
    );
    let rule = found(
        |minor, _, response| {
            if minor == Minor::QueryAllData {
                response.information = 0;
            }
        },
        query_all,
    );
    let (information, expected) = (0, 48);
    assert_eq!(
        rule,
        ProtocolRule::WrongInformation {
            information,
            expected
        }
    );
    let rule = found(
        |minor, buffer, response| {
            if minor == Minor::QueryAllData && !is_too_small(buffer) {
                response.information -= 1;
            }
        },
        query_all,
    );
    assert!(
        matches!(rule, ProtocolRule::WrongInformation { .. }),
        "{rule}"
    );
    let rule = found(
        |minor, _, response| {
            if minor == Minor::ChangeSingleItem {
                response.information = 4;
            }
        },
        set,
    );
    let (information, expected) = (4, 0);
    assert_eq!(
        rule,
        ProtocolRule::WrongInformation {
            information,
            expected
        }
    );
}

#[test]
fn wrong_statuses_are_found() {
    let status_of = |status: fn() -> NtStatus, damage: Damage, call| {
        let rule = found(damage, call);
        let ProtocolRule::WrongStatus { status: found, .. } = rule else {
            panic!("{rule}");
        };
        assert_eq!(found, status());
    };
    status_of(
        || NtStatus::PENDING,
        |minor, _, response| {
            if minor == Minor::ChangeSingleItem {
                response.status = NtStatus::PENDING;
            }
        },
        set,
    );
    status_of(
        || NtStatus::BUFFER_TOO_SMALL,
        |_, buffer, response| {
            if buffer.len() >= 64 && is_too_small(buffer) {
                response.status = NtStatus::BUFFER_TOO_SMALL;
                response.information = 0;
            }
        },
        query_all,
    );
}

#[test]
fn wrong_needed_sizes_are_found() {
    let rule = found(
        |_, buffer, _| {
            if buffer.len() >= 64 && is_too_small(buffer) {
                put(
                    buffer,
                    FLAGS,
                    WNODE_FLAG_TOO_SMALL | WNODE_FLAG_STATIC_INSTANCE_NAMES,
                );
            }
        },
        query_all,
    );
    let flags = WNODE_FLAG_TOO_SMALL | WNODE_FLAG_STATIC_INSTANCE_NAMES;
    assert_eq!(rule, ProtocolRule::TooSmallFlags { flags });

    const NEEDED: usize = offset_of!(WnodeTooSmall, size_needed);
    let rule = found(
        |_, buffer, _| {
            if buffer.len() >= 64 && is_too_small(buffer) {
                // The size without the header.
                put(buffer, NEEDED, 26);
            }
        },
        query_all,
    );
    let (needed, capacity) = (26, 64);
    assert_eq!(rule, ProtocolRule::SizeNotNeeded { needed, capacity });
    let rule = found(
        |_, buffer, _| {
            if buffer.len() >= 64 && is_too_small(buffer) {
                put(buffer, NEEDED, 500);
            }
        },
        query_all,
    );
    let (needed, other) = (500, 90);
    assert_eq!(rule, ProtocolRule::InexactSize { needed, other });
}

#[test]
fn changed_request_members_are_found() {
    let changed = |damage, call: fn(&mut Wmi<'_>) -> Result<(), Failure>| match found(damage, call)
    {
        ProtocolRule::Changed { member } => member,
        other => panic!("{other}"),
    };
    assert_eq!(
        changed(
            |minor, buffer, _| {
                if minor == Minor::QueryAllData && !is_too_small(buffer) {
                    buffer[offset_of!(WnodeHeader, guid)] ^= 1;
                }
            },
            query_all,
        ),
        "Guid"
    );
    assert_eq!(
        changed(
            |minor, buffer, _| {
                if minor == Minor::QuerySingleInstance {
                    put(buffer, offset_of!(WnodeSingleInstance, instance_index), 0);
                }
            },
            query_one
        ),
        "InstanceIndex"
    );
    assert_eq!(
        changed(
            |minor, buffer, _| {
                if minor == Minor::QueryAllData && !is_too_small(buffer) {
                    put(
                        buffer,
                        FLAGS,
                        get(buffer, FLAGS) | WNODE_FLAG_STATIC_INSTANCE_NAMES,
                    );
                }
            },
            query_sessions
        ),
        "WNODE_FLAG_STATIC_INSTANCE_NAMES"
    );
    assert_eq!(
        changed(
            |minor, buffer, _| {
                // The name of the instance.
                if minor == Minor::QuerySingleInstance {
                    buffer[66] ^= 1;
                }
            },
            |wmi| wmi.query_object("Vendor_Session", "first").map(|_| ())
        ),
        "VariableData"
    );
}

#[test]
fn contradictory_replies_are_found() {
    const COUNT: usize = offset_of!(WnodeAllData, instance_count);
    let rule = found(
        |minor, buffer, _| {
            if minor == Minor::QueryAllData && !is_too_small(buffer) {
                put(buffer, COUNT, 1);
            }
        },
        query_all,
    );
    let (count, registered) = (1, 2);
    assert_eq!(rule, ProtocolRule::WrongCount { count, registered });
    let rule = found(
        |minor, buffer, _| {
            if minor == Minor::QueryAllData && !is_too_small(buffer) {
                put(buffer, offset_of!(WnodeAllData, data_block_offset), 76);
            }
        },
        query_all,
    );
    let ProtocolRule::Malformed(error) = rule else {
        panic!("{rule}");
    };
    assert_eq!(error.member, "DataBlockOffset");
    assert!(matches!(
        error.fault,
        Fault::OutOfBounds { .. } | Fault::Misaligned { .. }
    ));
    let rule = found(
        |minor, buffer, _| {
            if minor == Minor::QuerySingleInstance {
                let flags = get(buffer, FLAGS) & !WNODE_FLAG_SINGLE_INSTANCE;
                put(buffer, FLAGS, flags | WNODE_FLAG_ALL_DATA);
            }
        },
        query_one,
    );
    assert!(
        matches!(
            rule,
            ProtocolRule::WrongKind { .. } | ProtocolRule::Malformed(_)
        ),
        "{rule}"
    );
    // A block with another size than the class.
    let rule = found(
        |minor, buffer, _| {
            if minor == Minor::QueryAllData && !is_too_small(buffer) {
                put(buffer, offset_of!(WnodeAllData, fixed_instance_size), 9);
            }
        },
        query_all,
    );
    assert!(matches!(rule, ProtocolRule::Data(_)), "{rule}");
}

#[test]
fn data_of_another_size_is_found() {
    // The schema lacks one of the provider's items.
    let device = Device::new();
    let shorter = PortStats::CLASS.properties;
    let class = PortStats::CLASS.with_properties(&shorter[..3]);
    let answer = |request: Request<'_>| PROVIDER.dispatch(&device, request);
    let mut wmi = Simulator::new(answer).with_schema(Classes::from_iter([&class]));
    wmi.register().unwrap();
    let failure = wmi.query_all_objects("Vendor_PortStats").unwrap_err();
    let (size, expected) = (10, 8);
    let rule = ProtocolRule::WrongSize { size, expected };
    assert_eq!(failure.violation().unwrap().rule, rule);
}

/// A failure reports no bytes, and a device that cannot be registered gives an error.
#[test]
fn refusals_report_no_bytes() {
    let refuse =
        |information| move |_: Request<'_>| Response::new(NtStatus::NOT_SUPPORTED, information);
    let failure = Simulator::new(refuse(0)).register().unwrap_err();
    assert_eq!(failure.status(), Some(NtStatus::NOT_SUPPORTED));
    let violations = Simulator::new(refuse(0)).verify();
    assert!(
        violations
            .iter()
            .any(|violation| violation.minor == Some(Minor::RegInfoEx))
    );

    let device = Device::new();
    let mut wmi = boxed(|request| {
        let mut response = PROVIDER.dispatch(&device, request).immediate();
        if !response.status.is_success() && response.information == 0 {
            response.information = 1;
        }
        response
    });
    wmi.register().unwrap();
    let failure = wmi.set_item(0, Settings::REVISION, 1).unwrap_err();
    let (information, expected) = (1, 0);
    let rule = ProtocolRule::WrongInformation {
        information,
        expected,
    };
    assert_eq!(failure.violation().unwrap().rule, rule);
}

/// A dispatch routine that forgets `IoStatus.Information` leaves it zero.
#[test]
fn successes_without_bytes_name_the_remedy() {
    let nothing = |_: Request<'_>| Response::new(NtStatus::SUCCESS, 0);
    let failure = Simulator::new(nothing).register().unwrap_err();
    let text = "RegInfoEx: success with `Information` 0; complete the IRP with the response's \
                `information`";
    assert_eq!(failure.to_string(), text);
    let damage: Damage = |minor, _, response| {
        if minor == Minor::QueryAllData {
            response.information = 5;
        }
    };
    let text = found(damage, query_all).to_string();
    assert_eq!(text, "`Information` is 5 and should be at least 48");
}

#[test]
fn broken_registrations_are_found() {
    const GUIDS: usize = WmiRegInfo::GUIDS_OFFSET;
    const ENTRY: usize = size_of::<WmiRegGuid>();
    const FLAGS: usize = GUIDS + offset_of!(WmiRegGuid, flags);
    const INFO: usize = GUIDS + offset_of!(WmiRegGuid, instance_info);
    let rule = |damage| found(damage, |_: &mut Wmi<'_>| Ok(()));
    macro_rules! damage {
        (|$buffer:ident| $work:expr) => {
            rule(|minor, $buffer, _| {
                if minor.is_registration() && $buffer.len() > 4 {
                    $work;
                }
            })
        };
    }
    let (member, at) = ("MofResourceName", 0x7000);
    assert_eq!(
        damage!(|buffer| put(buffer, offset_of!(WmiRegInfo, mof_resource_name), 0x7000)),
        ProtocolRule::RegistrationOutside {
            member,
            guid: None,
            at
        }
    );
    let at = 217;
    assert_eq!(
        damage!(|buffer| put(buffer, offset_of!(WmiRegInfo, mof_resource_name), 217)),
        ProtocolRule::RegistrationMisaligned {
            member,
            guid: None,
            at
        }
    );
    let member = "GuidCount";
    let at = offset_of!(WmiRegInfo, guid_count);
    assert_eq!(
        damage!(|buffer| put(buffer, offset_of!(WmiRegInfo, guid_count), 1000)),
        ProtocolRule::RegistrationOutside {
            member,
            guid: None,
            at
        }
    );
    let guid = PortStats::GUID;
    assert_eq!(
        damage!(|buffer| buffer.copy_within(GUIDS..GUIDS + 16, GUIDS + ENTRY)),
        ProtocolRule::RegisteredTwice { guid }
    );
    let flags = WMIREG_FLAG_INSTANCE_BASENAME | WMIREG_FLAG_INSTANCE_PDO;
    assert_eq!(
        damage!(|buffer| put(
            buffer,
            FLAGS,
            WMIREG_FLAG_INSTANCE_BASENAME | WMIREG_FLAG_INSTANCE_PDO
        )),
        ProtocolRule::SeveralNamings { guid, flags }
    );
    assert_eq!(
        damage!(|buffer| {
            put(buffer, FLAGS, WMIREG_FLAG_INSTANCE_PDO);
            buffer[INFO..GUIDS + ENTRY].fill(0);
        }),
        ProtocolRule::NoPdo { guid }
    );
    assert_eq!(
        damage!(|buffer| put(buffer, FLAGS, WMIREG_FLAG_REMOVE_GUID)),
        ProtocolRule::RemovedAtRegistration { guid }
    );
    assert_eq!(
        rule(|minor, buffer, _| {
            if minor == Minor::RegInfo && buffer.len() > 4 {
                put(buffer, FLAGS + ENTRY, WMIREG_FLAG_INSTANCE_PDO);
            }
        }),
        ProtocolRule::OtherRegistration
    );
}

#[test]
fn effects_of_refused_requests_are_found() {
    let device = Device::new();
    let resets = core::cell::Cell::new(0);
    let answer = |request: Request<'_>| {
        let (minor, path) = (request.minor, request.data_path);
        let response = PROVIDER.dispatch(&device, request).immediate();
        if minor == Minor::ChangeSingleItem && path == Settings::GUID.into() {
            resets.set(resets.get() + 1);
        }
        response
    };
    let mut wmi = Simulator::new(answer).watch(|| resets.get());
    wmi.register().unwrap();
    wmi.set_item(0, Settings::MODE, 7).unwrap();
    let failure = wmi.set_item(0, Settings::REVISION, 7).unwrap_err();
    assert_eq!(failure.violation().unwrap().rule, ProtocolRule::SideEffect);
    let violations = wmi.verify();
    assert!(
        violations
            .iter()
            .all(|violation| violation.rule == ProtocolRule::SideEffect)
    );
    assert!(!violations.is_empty());
}

/// A method whose output exceeds its `output_size` is executed, but the output does not fit.
#[test]
fn effects_of_a_method_with_a_wrong_output_size_are_found() {
    let (device, calls) = (Device::new(), core::cell::Cell::new(0));
    let mut wmi = boxed(|mut request: Request<'_>| {
        let response = PROVIDER.dispatch(&device, again(&mut request)).immediate();
        if request.minor != Minor::ExecuteMethod {
            return response;
        }
        calls.set(calls.get() + 1);
        Response::new(NtStatus::WMI_TRY_AGAIN, 0)
    })
    .watch(|| calls.get());
    wmi.register().unwrap();
    let executed = wmi.execute::<Settings, SetSpeed>(0, &SetSpeedIn { speed: 7 });
    let failure = executed.unwrap_err();
    let rule = &failure.violation().unwrap().rule;
    assert_eq!(*rule, ProtocolRule::SideEffect);
    let remedy = "; if it needs a larger buffer, `Execute::output_size` returns less than the \
                  size of the output";
    assert!(failure.to_string().ends_with(remedy), "{failure}");
}

#[test]
fn verification_finds_providers_that_accept_everything() {
    // A provider that accepts everything.
    let violations = boxed(|_: Request<'_>| Response::new(NtStatus::SUCCESS, 0)).verify();
    let wrong = |minor| {
        violations.iter().any(|violation| {
            violation.minor == Some(minor)
                && matches!(violation.rule, ProtocolRule::WrongStatus { .. })
        })
    };
    for minor in Minor::ALL {
        assert!(
            minor.is_registration() || wrong(minor),
            "{minor:?}: {violations:#?}"
        );
    }
}
