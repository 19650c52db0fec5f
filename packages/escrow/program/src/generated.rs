//! Written by `generate.ts` from the tables in `packages/escrow/src`; a test fails when the two differ.

pub const ACCOUNT_VERSION: u8 = 1;
pub const EVENT_VERSION: u8 = 1;
pub const EVENT_BYTES: usize = 56;

pub const WINDOW_SECONDS: i64 = 259_200;
pub const COOL_DOWN_SECONDS: i64 = 259_200;
pub const GRACE_SECONDS: i64 = 259_200;
pub const CLAIM_SECONDS: i64 = 7_776_000;
pub const KEY_ACTIVATION_SECONDS: i64 = 604_800;
pub const ATTESTATION_SECONDS: i64 = 600;
pub const LINGER_SECONDS: i64 = 604_800;
pub const DEADLINE_MIN_SECONDS: i64 = 3_600;
pub const DEADLINE_MAX_SECONDS: i64 = 31_536_000;
pub const MAX_SHARES: u64 = 8;
pub const LAMPORTS_PER_BYTE_FLOOR: u64 = 6_960;
pub const ACCOUNT_OVERHEAD_BYTES: u64 = 128;

pub const INSTRUCTION_CREATE_OPERATOR: u8 = 1;
pub const INSTRUCTION_CHANGE_ADMIN: u8 = 2;
pub const INSTRUCTION_SCHEDULE_KEYS: u8 = 3;
pub const INSTRUCTION_DISABLE_KEYS: u8 = 4;
pub const INSTRUCTION_LINK_IDENTITY: u8 = 5;
pub const INSTRUCTION_CHANGE_WALLET: u8 = 6;
pub const INSTRUCTION_CANCEL_CHANGE: u8 = 7;
pub const INSTRUCTION_SETTLE_CHANGE: u8 = 8;
pub const INSTRUCTION_UNLINK_IDENTITY: u8 = 9;
pub const INSTRUCTION_FUND_SOL: u8 = 10;
pub const INSTRUCTION_FUND_TOKEN: u8 = 11;
pub const INSTRUCTION_AWARD: u8 = 12;
pub const INSTRUCTION_VETO: u8 = 13;
pub const INSTRUCTION_PAYOUT: u8 = 14;
pub const INSTRUCTION_CANCEL: u8 = 15;
pub const INSTRUCTION_REFUND: u8 = 16;
pub const INSTRUCTION_CLOSE: u8 = 17;

pub const DEPOSIT_FUNDED: u8 = 1;
pub const DEPOSIT_AWARDED: u8 = 2;
pub const DEPOSIT_PAID: u8 = 3;
pub const DEPOSIT_REFUNDED: u8 = 4;
pub const DEPOSIT_CANCELLED: u8 = 5;
pub const IDENTITY_LINKED: u8 = 1;
pub const IDENTITY_UNLINKED: u8 = 2;
pub const DECIDER_FUNDER: u8 = 1;
pub const DECIDER_RELAYER: u8 = 2;
pub const DECIDER_APPROVER: u8 = 4;

pub mod operator {
    pub const DISCRIMINATOR: u8 = 1;
    pub const SIZE: usize = 280;
    pub const BUMP: usize = 2;
    pub const HOST_HASH: usize = 8;
    pub const FIRST_ADMIN: usize = 40;
    pub const ADMIN: usize = 72;
    pub const RELAYER: usize = 104;
    pub const ATTESTOR: usize = 136;
    pub const RELAYER_EPOCH: usize = 168;
    pub const ATTESTOR_EPOCH: usize = 176;
    pub const NEXT_RELAYER: usize = 184;
    pub const NEXT_RELAYER_AT: usize = 216;
    pub const NEXT_ATTESTOR: usize = 224;
    pub const NEXT_ATTESTOR_AT: usize = 256;
    pub const CREATED_SLOT: usize = 264;
    pub const SEQUENCE: usize = 272;
}

pub mod identity {
    pub const DISCRIMINATOR: u8 = 2;
    pub const SIZE: usize = 152;
    pub const BUMP: usize = 2;
    pub const STATE: usize = 3;
    pub const CONTESTED: usize = 4;
    pub const OPERATOR: usize = 8;
    pub const GITHUB_ID: usize = 40;
    pub const WALLET: usize = 48;
    pub const LINKED_AT: usize = 80;
    pub const ATTESTOR_EPOCH: usize = 88;
    pub const PENDING_WALLET: usize = 96;
    pub const PENDING_SINCE: usize = 128;
    pub const PENDING_EPOCH: usize = 136;
    pub const SEQUENCE: usize = 144;
}

pub mod deposit {
    pub const DISCRIMINATOR: u8 = 3;
    pub const SIZE: usize = 320;
    pub const BUMP: usize = 2;
    pub const STATE: usize = 3;
    pub const WITH_RELAYER: usize = 4;
    pub const VETOED: usize = 5;
    pub const PAID_MASK: usize = 6;
    pub const REFUNDED_MASK: usize = 7;
    pub const SHARE_COUNT: usize = 8;
    pub const AWARDED_BY: usize = 9;
    pub const VAULT_BUMP: usize = 10;
    pub const OPERATOR: usize = 16;
    pub const FUNDER: usize = 48;
    pub const APPROVER: usize = 80;
    pub const MINT: usize = 112;
    pub const REPOSITORY_ID: usize = 144;
    pub const ISSUE_ID: usize = 152;
    pub const NONCE: usize = 160;
    pub const AMOUNT: usize = 168;
    pub const CREATED_SLOT: usize = 176;
    pub const CREATED_AT: usize = 184;
    pub const DEADLINE: usize = 192;
    pub const ENDED_AT: usize = 200;
    pub const SEQUENCE: usize = 208;
    pub const AWARD_EPOCH: usize = 216;
    pub const AWARDED_AT: usize = 224;
    pub const FINAL_AT: usize = 232;
    pub const SHARE_IDS: usize = 240;
    pub const SHARE_BPS: usize = 304;
}

#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscrowError {
    /// This instruction does not exist.
    InstructionUnknown = 100,
    /// The instruction data is too short or too long.
    DataLengthWrong = 101,
    /// The instruction takes another number of accounts.
    AccountCountWrong = 102,
    /// The account that has to sign did not.
    SignatureMissing = 103,
    /// An account that changes was not passed as writable.
    AccountNotWritable = 104,
    /// The account passed as system program is another one.
    SystemProgramWrong = 105,
    /// An account does not belong to this program.
    AccountOwnerWrong = 106,
    /// An account is of another kind.
    AccountKindWrong = 107,
    /// An account has a layout that this program does not know.
    AccountVersionWrong = 108,
    /// The bump is not the canonical one.
    BumpNotCanonical = 109,
    /// The account exists already.
    AccountExists = 110,
    /// A key or hash that is needed is zero.
    KeyMissing = 111,
    /// A flag is neither 0 nor 1.
    FlagInvalid = 112,
    /// The repository or issue id is zero.
    IdMissing = 113,
    /// The amount is below the smallest that can always be paid out.
    AmountTooSmall = 114,
    /// The amount and the rent reserve together do not fit in 64 bits.
    AmountTooLarge = 115,
    /// The funder has less than the amount and the rent reserve.
    FundsTooSmall = 116,
    /// The deadline is not 1 hour to 365 days ahead.
    DeadlineOutOfBounds = 117,
    /// Without the relayer the funder decides alone, so there can be no approver.
    ApproverWithoutRelayer = 118,
    /// Funder, relayer and approver have to be different keys.
    DecidersNotDistinct = 119,
    /// The money goes to the recorded funder and nobody else.
    FunderWrong = 120,
    /// The deposit is in a state that does not allow this.
    StateWrong = 121,
    /// The time for this has not come yet.
    TooEarly = 122,
    /// The deposit holds less than it records.
    BalanceBroken = 123,
    /// This instruction handles SOL, the deposit holds a token.
    MintWrong = 124,
    /// A new account stands where its terms lead, so no key can have signed for it.
    AddressSigned = 125,
}

pub const ERRORS: [EscrowError; 26] = [
    EscrowError::InstructionUnknown,
    EscrowError::DataLengthWrong,
    EscrowError::AccountCountWrong,
    EscrowError::SignatureMissing,
    EscrowError::AccountNotWritable,
    EscrowError::SystemProgramWrong,
    EscrowError::AccountOwnerWrong,
    EscrowError::AccountKindWrong,
    EscrowError::AccountVersionWrong,
    EscrowError::BumpNotCanonical,
    EscrowError::AccountExists,
    EscrowError::KeyMissing,
    EscrowError::FlagInvalid,
    EscrowError::IdMissing,
    EscrowError::AmountTooSmall,
    EscrowError::AmountTooLarge,
    EscrowError::FundsTooSmall,
    EscrowError::DeadlineOutOfBounds,
    EscrowError::ApproverWithoutRelayer,
    EscrowError::DecidersNotDistinct,
    EscrowError::FunderWrong,
    EscrowError::StateWrong,
    EscrowError::TooEarly,
    EscrowError::BalanceBroken,
    EscrowError::MintWrong,
    EscrowError::AddressSigned,
];
