use crate::{
    account::{self, Deposit, Identity, Operator},
    decision::{open_deposit, Opened},
    effective_wallet::{effective_wallet, Standing},
    field::{key_at, same, u64_at},
    generated::{deposit, identity, EscrowError},
    pay::{pay_out, Form},
    require, Call, Outcome,
    shares::{require_open, settle, share_id},
};
use pinocchio::Address;

static FORM: Form = Form { accounts: 4, data: 2, receiver: 3 };

/// Accounts: deposit, operator, identity, wallet; for a token also vault, mint, token account, token program.
/// Data: number, share; for a token also the bump of the canonical token account.
/// Pays one share of a final award to the wallet of its GitHub user. Nobody has to sign; the wallet may, to choose a
/// token account. No account of the funder takes part, so nothing of theirs can stand in the way.
#[inline(never)]
pub fn payout(call: Call) -> Outcome {
    let [mut account, operator, identity, wallet, ..] = *call.accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, share, ..] = *call.data else {
        return Err(EscrowError::DataLengthWrong);
    };
    let Opened { fields, operator, now } = open_deposit(call.program, &mut account, &operator)?;
    require_open(fields, operator, now, share)?;
    let index = share as usize;
    require_wallet(fields, index, account::identity(&identity, call.program)?, operator, wallet.address(), now)?;
    let amount = settle(fields, deposit::PAID_MASK, index, now);
    pay_out(call, &FORM, fields, amount)
}

#[inline(always)]
fn require_wallet(fields: &Deposit, index: usize, identity: &Identity, operator: &Operator, wallet: &Address, now: i64) -> Outcome {
    let theirs = same(key_at(identity, identity::OPERATOR), key_at(fields, deposit::OPERATOR)) && u64_at(identity, identity::GITHUB_ID) == share_id(fields, index);
    require(theirs, EscrowError::IdentityWrong)?;
    let Standing::Wallet(key) = effective_wallet(identity, operator, now) else {
        return Err(EscrowError::IdentityUnpayable);
    };
    require(same(key, wallet.as_array()), EscrowError::WalletWrong)
}
