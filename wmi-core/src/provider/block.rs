//! [`Block`]: one class of a driver, its instances and its handlers.

use core::fmt;
use core::marker::PhantomData;

use super::content::{
    BlockContent, Counters, EventOnly, Fixed, Listened, Locate, METHODS_ONLY_SIZE, MethodsOnly,
    Variable, WithEvents, WithMethods,
};
use super::event::{Event, one_class};
use super::handle::{Handle, HandleVariable};
use super::methods::{Methods, served_methods};
use super::names::Names;
use super::registered::{Listing, NameChanges, Presence};
use super::request::Refusal;
use crate::schema::refuse;
use crate::wnode::InstanceData;
use crate::wnode::flags::{WMIREG_FLAG_EVENT_ONLY_GUID, WMIREG_FLAG_EXPENSIVE};
use crate::{DataBlock, FixedBlock, Guid, NtStatus, VariableClass};

/// A class provided by a driver: its instances and the source of their data.
///
/// `A` is the driver's own data for one device, for example its device extension. Each constructor
/// takes a function that finds the object of an instance in it. The constructor determines the
/// traits that the object must implement:
///
/// | constructor | class | object |
/// |---|---|---|
/// | [`counters`](Self::counters) | of fixed size | the class itself, or another [`InstanceData`] |
/// | [`fixed`](Self::fixed) | of fixed size | implements [`Handle<C>`](Handle) |
/// | [`variable`](Self::variable) | of variable size | implements [`HandleVariable<C>`](HandleVariable) |
/// | [`methods_only`](Self::methods_only) | without items | executes the methods |
/// | [`event`](Self::event) | an event | the device itself, which holds an [`Event<C>`](Event) |
///
/// By default a block has one instance, whose name WMI derives from the physical device object.
pub struct Block<A, T: ?Sized = dyn BlockContent<A>> {
    pub(super) guid: Guid,
    /// The name of the class; a reference to the class would link all its texts into the driver.
    pub(super) name: &'static str,
    /// The size of each instance's data in bytes, if it is fixed.
    size: Option<usize>,
    /// Whether each item can be set, in id order from 1.
    writable: &'static [bool],
    pub(super) names: Names<A>,
    pub(super) presence: Option<fn(&A) -> &Presence>,
    pub(super) name_changes: Option<fn(&A) -> &NameChanges>,
    pub(super) collect: Option<Switch<A>>,
    listen: Option<Switch<A>>,
    pub(super) is_event_only: bool,
    has_methods: bool,
    /// Whether the class has methods and `methods` was not called yet.
    pub(super) lacks_methods: bool,
    pub(super) content: T,
}

impl<A, T: ?Sized> fmt::Debug for Block<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("class", &self.name)
            .field("guid", &self.guid)
            .finish_non_exhaustive()
    }
}

/// Switches events or collection on or off.
type Switch<A> = fn(&A, bool) -> Result<(), NtStatus>;

/// Finds the object of an instance by its number, from zero.
type Find<A, T> = fn(&A, usize) -> Option<&T>;

impl<A> Block<A> {
    /// Creates a block whose values can be read at any time: counters, or another [`InstanceData`].
    ///
    /// Clients cannot set it. A class of counters needs no other code.
    #[must_use]
    pub const fn counters<C: FixedBlock, T: InstanceData<C> + 'static>(
        find: Find<A, T>,
    ) -> Block<A, Counters<A, C, T>> {
        let size = Some(C::SIZE);
        Block::new::<C>(
            size,
            Counters {
                find,
                class: PhantomData,
            },
        )
    }

    /// Creates a block of fixed size whose values come from a [`Handle`].
    #[must_use]
    pub const fn fixed<C: FixedBlock, T: Handle<C> + 'static>(
        find: Find<A, T>,
    ) -> Block<A, Fixed<A, C, T>> {
        let size = Some(C::SIZE);
        Block::new::<C>(
            size,
            Fixed {
                find,
                class: PhantomData,
            },
        )
    }

    /// Creates a block of variable size whose values come from a [`HandleVariable`].
    #[must_use]
    pub const fn variable<C: DataBlock + VariableClass, T: HandleVariable<C> + 'static>(
        find: Find<A, T>,
    ) -> Block<A, Variable<A, C, T>> {
        Block::new::<C>(
            None,
            Variable {
                find,
                class: PhantomData,
            },
        )
    }

    /// Creates an event-only block, which cannot be queried. The device holds its [`Event`].
    ///
    /// # Panics
    ///
    /// If the class has no base: WMI delivers only instances of `WMIEvent` and of other system
    /// events. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn event<C: DataBlock>(event: fn(&A) -> &Event<C>) -> Block<A, EventOnly<A, C>> {
        if C::CLASS.superclass.is_none() {
            refuse(
                C::CLASS.name,
                " is sent as an event, but has no base: derive it from `WMIEvent` by \
                 `#[wmi(event, base = \"WMIEvent\")]`",
            );
        }
        let mut block = Block::new::<C>(None, EventOnly { event });
        block.is_event_only = true;
        block
    }

    /// Creates a block that has methods and no items. Add the methods with
    /// [`methods`](Self::methods).
    ///
    /// WMI queries an instance before it calls a method, so the block answers queries with four
    /// zero bytes, as Microsoft's samples do.
    ///
    /// # Panics
    ///
    /// If the class has items. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn methods_only<C: FixedBlock, T: 'static>(
        find: Find<A, T>,
    ) -> Block<A, MethodsOnly<A, C, T>> {
        if C::SIZE != 0 {
            refuse(C::CLASS.name, " has items: use `Block::fixed`");
        }
        let size = Some(METHODS_ONLY_SIZE);
        Block::new::<C>(
            size,
            MethodsOnly {
                find,
                class: PhantomData,
            },
        )
    }
}

impl<A, T: Copy> Block<A, T> {
    const fn new<C: DataBlock>(size: Option<usize>, content: T) -> Self {
        Self {
            guid: C::GUID,
            name: C::CLASS.name,
            size,
            writable: C::WRITABLE,
            names: Names::Pdo(None),
            presence: None,
            name_changes: None,
            collect: None,
            listen: None,
            is_event_only: false,
            has_methods: !C::CLASS.methods.is_empty(),
            lacks_methods: !C::CLASS.methods.is_empty(),
            content,
        }
    }

    /// Sets the number of instances, read at registration. WMI derives their names from the
    /// physical device object and a number.
    #[must_use]
    pub const fn pdo(mut self, count: fn(&A) -> usize) -> Self {
        self.names = Names::Pdo(Some(count));
        self
    }

    /// Sets a base name and the number of instances, read at registration. WMI derives their names
    /// from the base name and a number. The names must be unique in the system. Names set by
    /// [`pdo`](Self::pdo) are unique, and Microsoft recommends them for PnP drivers.
    #[must_use]
    pub const fn base_name(mut self, name: &'static str, count: fn(&A) -> usize) -> Self {
        self.names = Names::Base(name, count);
        self
    }

    /// Sets the names of the instances. `name` is called with 0, 1, … until it returns `None`, which
    /// it must do eventually. The names are read at registration.
    #[must_use]
    pub const fn list(mut self, name: fn(&A, usize) -> Option<&str>) -> Self {
        self.names = Names::List(name);
        self
    }

    /// Sets the names of instances that are added and removed at run time. `name` is called with 0,
    /// 1, … until it returns `None`, which it must do eventually.
    ///
    /// Every reply carries the names. They must differ in more than the case of ASCII letters.
    /// While a request is dispatched, a number must keep referring to the same name and object: see
    /// [the guide](super::guide#instances-that-come-and-go).
    #[must_use]
    pub const fn dynamic(mut self, name: fn(&A, usize) -> Option<&str>) -> Self {
        self.names = Names::Dynamic(name);
        self
    }

    /// Reports in each reply to a query of all instances whether their number and names have
    /// changed: `.name_changes(|device| &device.session_names)`. Only for
    /// [`dynamic`](Self::dynamic) names.
    #[must_use]
    pub const fn name_changes(mut self, changes: fn(&A) -> &NameChanges) -> Self {
        self.name_changes = Some(changes);
        self
    }

    /// Makes the block optional: `.present_if(|device| &device.has_fan)`. The block is registered
    /// only if the device has it. When the device loses it, the next update removes it.
    #[must_use]
    pub const fn present_if(mut self, presence: fn(&A) -> &Presence) -> Self {
        self.presence = Some(presence);
        self
    }

    /// Marks the block's data as expensive to collect. `collect` is called with `true` when the
    /// first consumer starts to read, and with `false` after the last has stopped.
    #[must_use]
    pub const fn expensive(mut self, collect: Switch<A>) -> Self
    where
        T: Locate<A>,
    {
        self.collect = Some(collect);
        self
    }

    /// Also sends the block as an event, which the device holds: `.events(|device|
    /// &device.changed)`. Consumers subscribe to classes derived from `WMIEvent`, so this class
    /// should derive from it; it can be queried all the same.
    ///
    /// # Panics
    ///
    /// If the event belongs to a different class, or the block already has an event. In a constant,
    /// this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn events<C: DataBlock>(
        self,
        event: fn(&A) -> &Event<C>,
    ) -> Block<A, WithEvents<A, T, C>>
    where
        T: Locate<A>,
    {
        if T::HAS_EVENTS {
            refuse(
                self.name,
                " already has an event: remove the second `.events(..)`",
            );
        }
        one_class(self.name, self.guid, C::CLASS.name, C::GUID);
        self.with(WithEvents {
            content: self.content,
            event,
        })
    }

    /// Calls `listen` with `true` before the first consumer gets events, and with `false` after the
    /// last has unsubscribed. Use it for an event that is expensive to detect. If the call with
    /// `true` fails, the event stays disabled.
    #[must_use]
    pub const fn on_listen(mut self, listen: Switch<A>) -> Self
    where
        T: Listened,
    {
        self.listen = Some(listen);
        self
    }

    /// Serves the methods of the class, given as a tuple of all of them: `(Reset, SetSpeed)` or
    /// `(Reset,)`. The object of an instance implements [`Execute`](crate::Execute) for each.
    ///
    /// # Panics
    ///
    /// If these are not exactly the methods of the class. In a constant, this is a compile error.
    #[must_use]
    #[track_caller]
    pub const fn methods<M: Methods<T::Object>>(self) -> Block<A, WithMethods<T, M>>
    where
        T: Locate<A>,
    {
        served_methods(T::CLASS, M::METHODS);
        let mut block = self.with(WithMethods {
            content: self.content,
            methods: PhantomData,
        });
        block.lacks_methods = false;
        block
    }

    /// Returns the block with its content replaced.
    const fn with<U>(&self, content: U) -> Block<A, U> {
        Block {
            guid: self.guid,
            name: self.name,
            size: self.size,
            writable: self.writable,
            names: self.names,
            presence: self.presence,
            name_changes: self.name_changes,
            collect: self.collect,
            listen: self.listen,
            is_event_only: self.is_event_only,
            has_methods: self.has_methods,
            lacks_methods: self.lacks_methods,
            content,
        }
    }
}

impl<A, T: ?Sized> Block<A, T> {
    /// Returns the GUID of the class.
    #[must_use]
    pub const fn guid(&self) -> Guid {
        self.guid
    }

    /// Returns the name of the class.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns whether the block is [expensive](Self::expensive).
    #[must_use]
    pub const fn is_expensive(&self) -> bool {
        self.collect.is_some()
    }

    /// Returns whether any item can be set.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.writable.contains(&true)
    }

    /// Returns whether the block has an [`on_listen`](Self::on_listen) function.
    #[must_use]
    pub const fn has_listener(&self) -> bool {
        self.listen.is_some()
    }

    /// Returns whether the block is an event and cannot be queried.
    #[must_use]
    pub const fn is_event_only(&self) -> bool {
        self.is_event_only
    }

    /// Returns the flags of the block's registration that do not depend on its instances:
    /// `WMIREG_FLAG_EXPENSIVE` and `WMIREG_FLAG_EVENT_ONLY_GUID`.
    #[must_use]
    pub const fn registration_flags(&self) -> u32 {
        let mut flags = 0;
        if self.is_expensive() {
            flags |= WMIREG_FLAG_EXPENSIVE;
        }
        if self.is_event_only {
            flags |= WMIREG_FLAG_EVENT_ONLY_GUID;
        }
        flags
    }

    /// Returns whether the class has methods.
    #[must_use]
    pub const fn has_methods(&self) -> bool {
        self.has_methods
    }

    /// Returns the bytes of the data of an instance, if all instances have the same size.
    ///
    /// A client may send fewer bytes in a set, where the class has a [`Text`](crate::Text): a string
    /// that it does not pad.
    #[must_use]
    pub const fn instance_size(&self) -> Option<usize> {
        self.size
    }
}

impl<A> Block<A> {
    /// Returns whether the device has the block.
    #[must_use]
    pub fn is_present(&self, context: &A) -> bool {
        self.presence.is_none_or(|presence| presence(context).get())
    }

    /// Returns the device's current number of instances.
    #[must_use]
    pub fn instance_count(&self, context: &A) -> usize {
        self.names.count(context)
    }
}

// State kept between a registration and later requests.
impl<A> Block<A> {
    /// Returns how a registration or an update should list the block now.
    pub(super) fn listing(&self, context: &A, is_update: bool) -> Listing {
        match self.presence {
            Some(presence) => presence(context).listing(is_update),
            None => Listing::Present,
        }
    }

    /// As [`listing`](Self::listing), and records the result: the registration is being written.
    pub(super) fn list(&self, context: &A, is_update: bool) -> Listing {
        match self.presence {
            Some(presence) => presence(context).list(is_update),
            None => Listing::Present,
        }
    }

    /// Records that a registration or an update is complete.
    pub(super) fn registered(&self, context: &A) {
        if let Some(presence) = self.presence {
            presence(context).complete();
        }
        if let Some(changes) = self.name_changes {
            changes(context).forget();
        }
    }

    /// Returns the record of name changes, if the block has one.
    pub(super) fn names_told<'a>(&self, context: &'a A) -> Option<&'a NameChanges> {
        self.name_changes.map(|changes| changes(context))
    }
}

// Requests for instances that were found.
impl<A> Block<A> {
    /// Writes the data of an instance to the start of a buffer. A buffer that is too small stays
    /// unchanged.
    pub(super) fn query(
        &self,
        context: &A,
        instance: usize,
        buffer: &mut [u8],
    ) -> Result<usize, Refusal> {
        let needed = self.content.query(context, instance, None)?;
        let room = buffer
            .get_mut(..needed)
            .ok_or(Refusal::TooSmall { needed })?;
        let size = self.content.query(context, instance, Some(&mut *room))?;
        if size > room.len() {
            // The data has grown since it was measured.
            return Err(NtStatus::WMI_TRY_AGAIN.into());
        }
        Ok(size)
    }

    /// Returns [`Refusal::TooSmall`] with the size of an instance's data, for a buffer that ends
    /// before the data would start.
    pub(super) fn measure(&self, context: &A, instance: usize) -> Result<usize, Refusal> {
        let needed = self.content.query(context, instance, None)?;
        Err(Refusal::TooSmall { needed })
    }

    pub(super) fn set(&self, context: &A, instance: usize, data: &[u8]) -> Result<(), NtStatus> {
        if !self.writable.contains(&true) {
            return Err(NtStatus::WMI_READ_ONLY);
        }
        self.content.set(context, instance, data)
    }

    pub(super) fn set_item(
        &self,
        context: &A,
        instance: usize,
        id: u32,
        data: &[u8],
    ) -> Result<(), NtStatus> {
        let index = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        match index.and_then(|index| self.writable.get(index)) {
            None => Err(NtStatus::WMI_ITEMID_NOT_FOUND),
            Some(false) => Err(NtStatus::WMI_READ_ONLY),
            Some(true) => self.content.set_item(context, instance, id, data),
        }
    }

    pub(super) fn enable(&self, context: &A, on: bool) -> Result<(), NtStatus> {
        match self.listen {
            None => self.content.enable(context, on),
            Some(listen) if on => {
                listen(context, true)?;
                self.content.enable(context, true)
            }
            Some(listen) => {
                self.content.enable(context, false)?;
                listen(context, false)
            }
        }
    }

    pub(super) fn collect(&self, context: &A, on: bool) -> Result<(), NtStatus> {
        match self.collect {
            Some(collect) => collect(context, on),
            // WMI may send this request for any block.
            None => Ok(()),
        }
    }
}
