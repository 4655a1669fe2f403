//! The methods of a class, called by their ids.

use core::marker::PhantomData;

use zerocopy::IntoBytes;

use super::request::Refusal;
use crate::block::EncodeError;
use crate::schema::{Class, Message, Method, same_name};
use crate::{Execute, NtStatus, VariableClass, WmiMethod};

/// The methods that an object of type `T` executes: a tuple of up to sixteen
/// [`WmiMethod`](trait@WmiMethod)s, or [`MoreMethods`] of several tuples.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of methods",
    label = "not a tuple of up to sixteen methods",
    note = "a single method is listed as `(Method,)`, more than sixteen as `MoreMethods<(..), (..)>`"
)]
pub trait Methods<T: ?Sized>: sealed::Call<T> {}

impl<T: ?Sized, M: sealed::Call<T>> Methods<T> for M {}

/// Lists more methods than one tuple can: `MoreMethods<(A, B), (C, D)>` is the list of `A`, `B`, `C`
/// and `D`. Either part may again be `MoreMethods`.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::provider::{Block, MoreMethods};
/// use wmi_core::{Execute, NoParameters, NtStatus, WmiClass, WmiMethod};
///
/// /// The lamp.
/// #[derive(WmiClass)]
/// #[wmi(guid = "0d1c9e64-7a0b-4f21-9a3f-6f8ad5f31c41", methods(TurnOn, TurnOff))]
/// pub struct Vendor_Lamp;
///
/// /// Turns it on.
/// #[derive(WmiMethod)]
/// #[wmi(id = 1)]
/// pub struct TurnOn;
///
/// /// Turns it off.
/// #[derive(WmiMethod)]
/// #[wmi(id = 2)]
/// pub struct TurnOff;
///
/// struct Lamp;
///
/// impl Execute<TurnOn> for Lamp {
///     fn execute(&self, NoParameters: NoParameters) -> Result<NoParameters, NtStatus> {
///         Ok(NoParameters)
///     }
/// }
///
/// impl Execute<TurnOff> for Lamp {
///     fn execute(&self, NoParameters: NoParameters) -> Result<NoParameters, NtStatus> {
///         Ok(NoParameters)
///     }
/// }
///
/// const BLOCK: &Block<Lamp> = &Block::methods_only::<Vendor_Lamp, _>(|lamp: &Lamp, _| Some(lamp))
///     .methods::<MoreMethods<(TurnOn,), (TurnOff,)>>();
/// assert!(BLOCK.has_methods());
/// # }
/// ```
#[derive(Debug)]
pub struct MoreMethods<M, N> {
    lists: PhantomData<fn() -> (M, N)>,
}

impl<T: ?Sized, M: sealed::Call<T>, N: sealed::Call<T>> sealed::Call<T> for MoreMethods<M, N> {
    const METHODS: &'static MethodList = &MethodList {
        methods: &[],
        parts: &[M::METHODS, N::METHODS],
    };

    fn has(id: u32) -> bool {
        M::has(id) || N::has(id)
    }

    fn call(object: &T, id: u32, data: &mut [u8], input: usize) -> Result<usize, Refusal> {
        if M::has(id) {
            M::call(object, id, data, input)
        } else {
            N::call(object, id, data, input)
        }
    }
}

/// The methods of a list, and those of its parts.
#[derive(Debug)]
pub struct MethodList {
    methods: &'static [Method<'static>],
    parts: &'static [&'static MethodList],
}

pub(super) mod sealed {
    use super::{MethodList, Refusal};

    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a list of methods",
        label = "not a tuple of up to sixteen methods",
        note = "a single method is listed as `(Method,)`, more than sixteen as `MoreMethods<(..), (..)>`"
    )]
    pub trait Call<T: ?Sized> {
        const METHODS: &'static MethodList;

        /// Returns whether a method has this id.
        fn has(id: u32) -> bool;

        /// Calls the method with this id. The input is the first `input` bytes of `data`. The
        /// output overwrites it. Returns the output's length.
        fn call(object: &T, id: u32, data: &mut [u8], input: usize) -> Result<usize, Refusal>;
    }
}

/// Panics if these are not exactly the methods of the class.
#[track_caller]
pub(super) const fn served_methods(class: &Class<'_>, served: &MethodList) {
    let mut methods = class.methods;
    while let [method, rest @ ..] = methods {
        if !lists(served, method.name) {
            Message::about(class.name, " has the method ")
                .quote(method.name)
                .push(", which `.methods::<(..)>()` does not list: add it")
                .panic();
        }
        methods = rest;
    }
    no_others(class, served);
}

/// Panics if the list has a method that the class does not have.
#[track_caller]
const fn no_others(class: &Class<'_>, served: &MethodList) {
    let mut methods = served.methods;
    while let [method, rest @ ..] = methods {
        if !has_method(class.methods, method.name) {
            Message::about(class.name, " does not have the method ")
                .quote(method.name)
                .push(", which `.methods::<(..)>()` lists: remove it")
                .panic();
        }
        methods = rest;
    }
    let mut parts = served.parts;
    while let [part, rest @ ..] = parts {
        no_others(class, part);
        parts = rest;
    }
}

const fn lists(served: &MethodList, name: &str) -> bool {
    if has_method(served.methods, name) {
        return true;
    }
    let mut parts = served.parts;
    while let [part, rest @ ..] = parts {
        if lists(part, name) {
            return true;
        }
        parts = rest;
    }
    false
}

const fn has_method(mut methods: &[Method<'_>], name: &str) -> bool {
    while let [method, rest @ ..] = methods {
        if same_name(method.name, name) {
            return true;
        }
        methods = rest;
    }
    false
}

macro_rules! tuples {
    ($($method:ident)*) => {
        tuples! { @ [] $($method)* }
    };
    (@ [$($before:ident)*] $next:ident $($rest:ident)*) => {
        impl<T: ?Sized $(+ Execute<$before>)* + Execute<$next>, $($before: WmiMethod,)* $next: WmiMethod>
            sealed::Call<T> for ($($before,)* $next,)
        {
            const METHODS: &'static MethodList = &MethodList {
                methods: &[$($before::METHOD,)* $next::METHOD],
                parts: &[],
            };

            fn has(id: u32) -> bool {
                $(id == $before::ID ||)* id == $next::ID
            }

            fn call(object: &T, id: u32, data: &mut [u8], input: usize) -> Result<usize, Refusal> {
                $(
                    if id == $before::ID {
                        return call::<T, $before>(object, data, input);
                    }
                )*
                if id == $next::ID {
                    return call::<T, $next>(object, data, input);
                }
                Err(NtStatus::WMI_ITEMID_NOT_FOUND.into())
            }
        }
        tuples! { @ [$($before)* $next] $($rest)* }
    };
    (@ [$($before:ident)*]) => {};
}

tuples! { M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M11 M12 M13 M14 M15 M16 }

/// An input or output of up to this many bytes is copied to the stack, so that the buffer needs
/// room only for the larger of the two. If both are longer, the input stays in the buffer while the
/// method runs, and the buffer must hold both.
const COPIED: usize = 512;

fn call<T: Execute<M> + ?Sized, M: WmiMethod>(
    object: &T,
    data: &mut [u8],
    input: usize,
) -> Result<usize, Refusal> {
    let mut copy = [0; COPIED];
    if let (Some(copy), Some(bytes)) = (copy.get_mut(..input), data.get(..input)) {
        // Cannot fail: the lengths are equal.
        let _ = bytes.write_to(copy);
        let output = execute::<T, M>(object, copy, |needed| needed <= data.len())?;
        return encode(&output, data);
    }
    let (size, is_copied) = {
        let (bytes, room) = data
            .split_at_mut_checked(input)
            .ok_or(NtStatus::INVALID_PARAMETER)?;
        let fits = |needed| needed <= COPIED || needed <= room.len();
        let behind = |refusal: Refusal| refusal.after(input);
        let output = execute::<T, M>(object, bytes, fits).map_err(behind)?;
        match output.encode(&mut copy) {
            Ok(size) => (size, true),
            Err(_) => (encode(&output, room).map_err(behind)?, false),
        }
    };
    match (data.get_mut(..size), copy.get(..size)) {
        (Some(to), Some(output)) if is_copied => {
            let _ = output.write_to(to);
        }
        _ => move_down(data, input, size),
    }
    Ok(size)
}

/// Executes a method if its output fits.
fn execute<'a, T: Execute<M> + ?Sized, M: WmiMethod>(
    object: &'a T,
    input: &'a [u8],
    fits: impl FnOnce(usize) -> bool,
) -> Result<M::Out<'a>, Refusal> {
    let input = <M::In<'_>>::decode(input).map_err(|_| NtStatus::INVALID_PARAMETER)?;
    let needed = object.output_size(input);
    if !fits(needed) {
        return Err(Refusal::TooSmall { needed });
    }
    Ok(object.execute(input)?)
}

fn encode(output: &impl VariableClass, room: &mut [u8]) -> Result<usize, Refusal> {
    output.encode(room).map_err(|error| match error {
        EncodeError::BufferTooSmall { needed } => Refusal::TooSmall { needed },
        _ => NtStatus::INTERNAL_ERROR.into(),
    })
}

/// Moves `length` bytes at `from` to the start.
fn move_down(data: &mut [u8], from: usize, length: usize) {
    // The check keeps the panic path of `copy_within` out of the driver.
    if data
        .len()
        .checked_sub(length)
        .is_some_and(|last| from <= last)
    {
        data.copy_within(from..from.saturating_add(length), 0);
    }
}
