use crate::{
    account::Deposit,
    field::{key_at, same},
    generated::{deposit, EscrowError, TOKEN_PROGRAM},
    keys::NOBODY,
    require, Outcome,
    token::pay_token,
};
use pinocchio::{AccountView, Address};

/// What a deposit holds its amount in.
#[derive(Clone, Copy)]
pub struct Holding {
    /// `NOBODY` is SOL.
    pub mint: [u8; 32],
    pub vault_bump: u8,
}

#[inline(always)]
pub fn holding(fields: &Deposit) -> Holding {
    Holding { mint: *key_at(fields, deposit::MINT), vault_bump: fields[deposit::VAULT_BUMP] }
}

/// Vault, mint, token account, token program, and the bump of the canonical token account: all for a token, none for SOL.
#[inline(always)]
pub fn require_shape(token: &[AccountView], bump: &[u8]) -> Outcome {
    require(token.is_empty() || token.len() == 4, EscrowError::AccountCountWrong)?;
    require(bump.len() == token.len() / 4, EscrowError::DataLengthWrong)
}

/// One movement of money out of a deposit.
pub struct Payment<'a> {
    pub program: &'a Address,
    pub deposit: &'a mut AccountView,
    pub receiver: &'a mut AccountView,
    pub holding: Holding,
    pub token: &'a [AccountView],
    pub bump: &'a [u8],
    pub amount: u64,
}

#[inline(never)]
pub fn pay(Payment { program, deposit, receiver, holding, token, bump, amount }: Payment) -> Outcome {
    let ([vault, mint, destination, token_program], [bump]) = (token, bump) else {
        require(same(&holding.mint, &NOBODY), EscrowError::MintWrong)?;
        return pay_sol(deposit, receiver, amount);
    };
    require(same(token_program.address().as_array(), TOKEN_PROGRAM.as_array()), EscrowError::TokenProgramWrong)?;
    require(same(&holding.mint, mint.address().as_array()), EscrowError::MintWrong)?;
    pay_token(program, deposit, receiver, holding.vault_bump, [vault, mint, destination], *bump, amount)
}

/// Lamports out of an account of the program, never more than are there.
#[inline(always)]
pub fn pay_sol(account: &mut AccountView, receiver: &mut AccountView, lamports: u64) -> Outcome {
    require(receiver.is_writable(), EscrowError::AccountNotWritable)?;
    let (Some(left), Some(received)) = (account.lamports().checked_sub(lamports), receiver.lamports().checked_add(lamports)) else {
        return Err(EscrowError::BalanceBroken);
    };
    account.set_lamports(left);
    receiver.set_lamports(received);
    Ok(())
}
