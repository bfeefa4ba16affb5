//! Async closures whose futures are `Send`: stable Rust cannot yet say that of `AsyncFn` itself.

use std::future::Future;

/// An `AsyncFn(T) -> R` with a nameable future.
pub trait AsyncFunc<T, R>: AsyncFn(T) -> R + Fn(T) -> <Self as AsyncFunc<T, R>>::Fut {
    /// The future.
    type Fut: Future<Output = R>;
}

impl<F, T, Fut, R> AsyncFunc<T, R> for F
where
    F: AsyncFn(T) -> R + Fn(T) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}

/// An `AsyncFnOnce(T) -> R` with a nameable future.
pub trait AsyncFuncOnce<T, R>: AsyncFnOnce(T) -> R + FnOnce(T) -> <Self as AsyncFuncOnce<T, R>>::Fut {
    /// The future.
    type Fut: Future<Output = R>;
}

impl<F, T, Fut, R> AsyncFuncOnce<T, R> for F
where
    F: AsyncFnOnce(T) -> R + FnOnce(T) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}
