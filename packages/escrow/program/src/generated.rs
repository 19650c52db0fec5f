//! Written by `generate.ts` from the tables in `packages/escrow/src`; a test fails when the two differ.

use pinocchio::Address;

/// TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA
pub static TOKEN_PROGRAM: Address = Address::new_from_array([6, 221, 246, 225, 215, 101, 161, 147, 217, 203, 225, 70, 206, 235, 121, 172, 28, 180, 133, 237, 95, 91, 55, 145, 58, 140, 245, 133, 126, 255, 0, 169]);
/// ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL
pub static ASSOCIATED_TOKEN_PROGRAM: Address = Address::new_from_array([140, 151, 37, 143, 78, 36, 137, 241, 187, 61, 16, 41, 20, 142, 13, 131, 11, 90, 19, 153, 218, 255, 16, 132, 4, 142, 123, 216, 219, 233, 248, 89]);
/// So11111111111111111111111111111111111111112
pub static WRAPPED_SOL: Address = Address::new_from_array([6, 155, 136, 87, 254, 171, 129, 132, 251, 104, 127, 99, 70, 24, 192, 53, 218, 196, 57, 220, 26, 235, 59, 85, 152, 160, 240, 0, 0, 0, 0, 1]);

pub const ACCOUNT_VERSION: u8 = 1;
pub const EVENT_VERSION: u8 = 1;
pub const MOST_DISABLINGS: u64 = 16;
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
pub const KEY_RELAYER: u8 = 1;
pub const KEY_ATTESTOR: u8 = 2;

pub mod operator {
    pub const DISCRIMINATOR: u8 = 1;
    pub const SIZE: usize = 536;
    pub const BUMP: usize = 2;
    pub const HOST_HASH: usize = 8;
    pub const FIRST_ADMIN: usize = 40;
    pub const ADMIN: usize = 72;
    pub const RELAYER: usize = 104;
    pub const RELAYER_EPOCH: usize = 136;
    pub const NEXT_RELAYER: usize = 144;
    pub const NEXT_RELAYER_AT: usize = 176;
    pub const RELAYER_DISABLED_AT: usize = 184;
    pub const ATTESTOR: usize = 312;
    pub const ATTESTOR_EPOCH: usize = 344;
    pub const NEXT_ATTESTOR: usize = 352;
    pub const NEXT_ATTESTOR_AT: usize = 384;
    pub const ATTESTOR_DISABLED_AT: usize = 392;
    pub const CREATED_SLOT: usize = 520;
    pub const SEQUENCE: usize = 528;
}

pub mod identity {
    pub const DISCRIMINATOR: u8 = 2;
    pub const SIZE: usize = 152;
    pub const BUMP: usize = 2;
    pub const STATE: usize = 3;
    pub const CONTESTED: usize = 4;
    pub const CONTESTED_BEFORE: usize = 5;
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

#[repr(u64)]
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
    /// The accounts are those of another mint than the deposit’s.
    MintWrong = 124,
    /// A new account stands where its terms lead, so no key can have signed for it.
    AddressSigned = 125,
    /// The operator account is another one than the recorded.
    OperatorWrong = 126,
    /// The key that signed may not decide on this deposit.
    DeciderWrong = 127,
    /// The deposit is another one, or has changed, since this was written.
    DepositChanged = 128,
    /// The time for this is over.
    TooLate = 129,
    /// One key alone no longer decides on this deposit, because it was vetoed.
    TwoNeeded = 130,
    /// Shares are 1 to 8, each of another user and at least 1 of 10,000 basis points, which they add up to.
    SharesInvalid = 131,
    /// A share is below the smallest that can always be paid out.
    ShareTooSmall = 132,
    /// The award has no such share.
    ShareUnknown = 133,
    /// The share was paid or sent back already.
    ShareSettled = 134,
    /// The award is not final, or was made by a key that was disabled before it was.
    AwardNotFinal = 135,
    /// The award is final.
    AwardFinal = 136,
    /// The identity is of another user or operator.
    IdentityWrong = 137,
    /// The user has no wallet that can be paid now: none linked, or too lately, or it is changing or contested.
    IdentityUnpayable = 138,
    /// The user has a wallet, or is about to: the share waits for them.
    IdentityPayable = 139,
    /// The wallet is not the one that this needs.
    WalletWrong = 140,
    /// The user has a linked wallet already.
    IdentityLinked = 141,
    /// The user has no linked wallet.
    IdentityUnlinked = 142,
    /// A change of the wallet is under way and can not be started again.
    ChangePending = 143,
    /// No change of the wallet is under way.
    ChangeMissing = 144,
    /// The key that signed is not the attestor in force.
    AttestorWrong = 145,
    /// The attestation is expired, or made to live for more than 10 minutes.
    AttestationExpired = 146,
    /// The key that signed is not the admin of this operator.
    AdminWrong = 147,
    /// Only mints of the classic token program are taken.
    TokenProgramWrong = 148,
    /// The mint is none, is not initialised, or is wrapped SOL.
    MintRefused = 149,
    /// The vault is not the one of the deposit.
    VaultWrong = 150,
    /// The token account is not the canonical one of who is paid, nor one of theirs that they signed for.
    DestinationWrong = 151,
    /// Admin, relayer and attestor have to be different keys.
    KeysNotDistinct = 152,
    /// One account stands in two places.
    AccountTwice = 153,
    /// This key was disabled 16 times. No other follows it: a new operator is needed.
    KeysSpent = 154,
}

pub const ERRORS: [EscrowError; 55] = [
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
    EscrowError::OperatorWrong,
    EscrowError::DeciderWrong,
    EscrowError::DepositChanged,
    EscrowError::TooLate,
    EscrowError::TwoNeeded,
    EscrowError::SharesInvalid,
    EscrowError::ShareTooSmall,
    EscrowError::ShareUnknown,
    EscrowError::ShareSettled,
    EscrowError::AwardNotFinal,
    EscrowError::AwardFinal,
    EscrowError::IdentityWrong,
    EscrowError::IdentityUnpayable,
    EscrowError::IdentityPayable,
    EscrowError::WalletWrong,
    EscrowError::IdentityLinked,
    EscrowError::IdentityUnlinked,
    EscrowError::ChangePending,
    EscrowError::ChangeMissing,
    EscrowError::AttestorWrong,
    EscrowError::AttestationExpired,
    EscrowError::AdminWrong,
    EscrowError::TokenProgramWrong,
    EscrowError::MintRefused,
    EscrowError::VaultWrong,
    EscrowError::DestinationWrong,
    EscrowError::KeysNotDistinct,
    EscrowError::AccountTwice,
    EscrowError::KeysSpent,
];
