using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>
/// Passes the outcome of a call first to its callback, if it has one, then to its result. A cancelled call has already ended, without a callback.
/// </summary>
internal sealed class ResultSink<T>(PoolCallbacks callbacks, Action<T>? onValue, Action<Exception>? onFailure)
{
    private readonly Action<T>? _callback = AsyncVoid.RefusedIfAny(onValue, "callback");
    private readonly Action<Exception>? _errorCallback = AsyncVoid.RefusedIfAny(onFailure, "errorCallback");

    public AsyncResult<T> Result { get; } = new();

    public void Succeed(T value)
    {
        if (_callback is null || Result.Ready)
        {
            Result.SetValue(value);
            return;
        }

        callbacks.Add(() =>
        {
            callbacks.Guarded(() => _callback(value));
            Result.SetValue(value);
        });
    }

    public void Fail(Exception failure)
    {
        if (_errorCallback is null || Result.Ready)
        {
            Result.SetFailure(failure);
            return;
        }

        callbacks.Add(() =>
        {
            callbacks.Guarded(() => _errorCallback(failure));
            Result.SetFailure(failure);
        });
    }
}
