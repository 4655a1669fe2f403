//! The flags of `#pragma classflags` and `#pragma instanceflags`.

use core::ops::{BitOr, BitOrAssign};

/// How the repository treats a class or an instance that already exists.
///
/// Source: `WBEM_CHANGE_FLAG_TYPE` of `wbemcli.h`, whose bits binary MOF stores in
/// `__CLASSFLAGS` and `__INSTANCEFLAGS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ChangeFlags(u32);

impl ChangeFlags {
    /// None: create or update.
    pub const NONE: Self = Self(0);
    /// `updateonly`: fail if it does not exist.
    pub const UPDATE_ONLY: Self = Self(0x01);
    /// `createonly`: fail if it exists.
    pub const CREATE_ONLY: Self = Self(0x02);
    /// `safeupdate`: update a class even if it has derived classes, as long as they do not
    /// conflict.
    pub const SAFE_UPDATE: Self = Self(0x20);
    /// `forceupdate`: update a class even if derived classes conflict.
    pub const FORCE_UPDATE: Self = Self(0x40);

    /// The MOF keywords of the flags.
    pub const KEYWORDS: &'static [(Self, &'static str)] = &[
        (Self::UPDATE_ONLY, "updateonly"),
        (Self::CREATE_ONLY, "createonly"),
        (Self::SAFE_UPDATE, "safeupdate"),
        (Self::FORCE_UPDATE, "forceupdate"),
    ];

    /// The flags that an instance may have.
    pub const OF_INSTANCES: &'static [(Self, &'static str)] = Self::KEYWORDS.split_at(2).0;

    /// Returns the flags of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether all flags of `other` are among these.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the flags of these bits, including unknown bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Returns the bits, as binary MOF stores them.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl BitOr for ChangeFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for ChangeFlags {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}
