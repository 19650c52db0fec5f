use crate::{
    account::{self, Deposit, Identity, Operator},
    clock::now,
    decision::{award_of, require_operator, Award},
    effective_wallet::{effective_wallet, Standing},
    event::emit,
    field::{key_at, put_u64, same, u64_at},
    generated::{deposit, identity, EscrowError, INSTRUCTION_PAYOUT},
    pay::{holding, pay, require_shape, Payment},
    require, Call, Outcome,
    shares::{require_open, settle, share_amount, share_id, Settled},
};
use pinocchio::Address;

/// Accounts: deposit, operator, identity, wallet; for a token also vault, mint, token account, token program.
/// Data: number, share; for a token also the bump of the canonical token account.
/// Pays one share of a final award to the wallet of its GitHub user. Nobody has to sign; the wallet may, to choose a
/// token account. No account of the funder takes part, so nothing of theirs can stand in the way.
#[inline(never)]
pub fn payout(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, identity_account, wallet, token @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    let [_, share, bump @ ..] = data else {
        return Err(EscrowError::DataLengthWrong);
    };
    require_shape(token, bump)?;
    let now = now()?;
    let (sequence, amount, holding) = {
        let fields = account::deposit_mut(account, program)?;
        require_operator(fields, operator_account.address())?;
        let operator = account::operator(operator_account, program)?;
        require(award_of(fields, operator, now) == Award::Final, EscrowError::AwardNotFinal)?;
        let index = require_open(fields, *share)?;
        let identity = account::identity(identity_account, program)?;
        require_wallet(fields, index, identity, operator, wallet.address(), now)?;
        let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
        settle(fields, Settled::Paid, index, now);
        put_u64(fields, deposit::SEQUENCE, sequence);
        (sequence, share_amount(fields, index), holding(fields))
    };
    pay(Payment { program, deposit: account, receiver: wallet, holding, token, bump, amount })?;
    emit(INSTRUCTION_PAYOUT, account.address(), sequence, amount);
    Ok(())
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
