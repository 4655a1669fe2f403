//! Methods: typed parameter blocks, and the trait that a driver implements.

use crate::block::sealed::Derived;
use crate::block::{DecodeError, Decoder, EncodeError, Encoder, VariableClass};
use crate::schema::{Class, Method, refuse};
use crate::{NtStatus, WmiClass};

/// A method of a class.
///
/// Implemented by [`#[derive(WmiMethod)]`](derive@crate::WmiMethod) for a struct whose fields are
/// the parameters. Input and output are separate blocks, each laid out like a class from offset 0.
/// They share the same bytes of the buffer: the output overwrites the input.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a WMI method",
    label = "not a WMI method",
    note = "add `#[derive(wmi_core::WmiMethod)]` to `{Self}`"
)]
pub trait WmiMethod {
    /// Seals the trait: only the derive has a [`Derived`].
    #[doc(hidden)]
    const __DERIVED: Derived;

    /// The method's description in the schema.
    const METHOD: Method<'static>;
    /// The `WmiMethodId`, which identifies the method in requests.
    const ID: u32;
    /// The `in` parameters.
    type In<'a>: VariableClass;
    /// The `out` parameters.
    type Out<'a>: VariableClass;
}

/// Executes the method `M` for the object of an instance.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::{Execute, NtStatus, WmiMethod};
///
/// /// Sets the brightness of the lamp.
/// #[derive(WmiMethod)]
/// #[wmi(id = 1)]
/// pub struct SetBrightness {
///     /// From 0 to 100.
///     #[wmi(in)]
///     pub percent: u32,
///     /// The brightness before.
///     #[wmi(out)]
///     pub previous: u32,
/// }
///
/// struct Lamp;
///
/// impl Execute<SetBrightness> for Lamp {
///     fn execute(&self, input: SetBrightnessInView<'_>) -> Result<SetBrightnessOut, NtStatus> {
///         if input.percent > 100 {
///             return Err(NtStatus::INVALID_PARAMETER);
///         }
///         Ok(SetBrightnessOut { previous: 40 })
///     }
/// }
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not execute the method `{M}`",
    label = "does not implement `Execute<{M}>`",
    note = "implement it for `{Self}`, the object of an instance"
)]
pub trait Execute<M: WmiMethod> {
    /// Returns an upper bound of the output's size for these inputs, in bytes. If the buffer is
    /// smaller, the method is not executed, and WMI repeats the request with a larger buffer.
    ///
    /// Override this for outputs with strings or arrays; without the override a driver does not
    /// compile. If the bound is too small, the method may be executed although its output does not
    /// fit, and is then executed again.
    ///
    /// ```compile_fail
    /// use wmi_core::{Execute, NoParameters, NtStatus, WmiMethod};
    ///
    /// /// Tells the name of the lamp.
    /// #[derive(WmiMethod)]
    /// #[wmi(id = 2)]
    /// pub struct TellName<'a> {
    ///     /// The name.
    ///     #[wmi(out)]
    ///     pub name: &'a str,
    /// }
    ///
    /// struct Lamp;
    ///
    /// impl Execute<TellName<'_>> for Lamp {
    ///     // error: `TellName` has an output with strings or arrays: it needs `output_size`
    ///     fn execute<'a>(&'a self, _: NoParameters) -> Result<TellNameOut<'a>, NtStatus> {
    ///         Ok(TellNameOut { name: "lamp" })
    ///     }
    /// }
    /// # fn main() {
    /// #     Execute::<TellName<'_>>::output_size(&Lamp, NoParameters);
    /// # }
    /// ```
    fn output_size<'a>(&'a self, input: <M::In<'a> as VariableClass>::View<'a>) -> usize {
        const {
            // Only a call of this default shows that it was not overridden. That call is far from
            // the driver's `impl`, so the message names the method.
            if !<M::Out<'static>>::IS_FIXED {
                refuse(
                    M::METHOD.name,
                    " has an output with strings or arrays: its `Execute` needs `output_size`, \
                     which returns an upper bound of its size",
                );
            }
        }
        let _ = input;
        <M::Out<'a>>::MIN_SIZE
    }

    /// Executes the method. The input stays readable until it returns.
    ///
    /// # Errors
    ///
    /// The status with which the request is completed; or [`NtStatus::PENDING`], after which the
    /// method is executed again when the driver dispatches the request again: see
    /// [`Outcome`](crate::provider::Outcome).
    fn execute<'a>(
        &'a self,
        input: <M::In<'a> as VariableClass>::View<'a>,
    ) -> Result<M::Out<'a>, NtStatus>;
}

/// The inputs or outputs of a method that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoParameters;

#[diagnostic::do_not_recommend]
impl WmiClass for NoParameters {
    const __DERIVED: Derived = Derived;
    const CLASS: &'static Class<'static> = &Class::new("__PARAMETERS");
}

#[diagnostic::do_not_recommend]
impl VariableClass for NoParameters {
    type View<'a> = Self;
    const ALIGN: usize = 1;
    const MIN_SIZE: usize = 0;
    const IS_FIXED: bool = true;

    fn encode_items(&self, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        Ok(())
    }

    fn decode_items<'a>(_: &mut Decoder<'a>) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}
