namespace Multiproc.Pool;

/// <summary>Where the end of a call goes: to its callback first if it has one, then to its result. A cancelled call has ended already, without a callback.</summary>
internal sealed class ResultSink<T>(PoolCallbacks callbacks, Action<T>? callback, Action<Exception>? errorCallback)
{
    public AsyncResult<T> Result { get; } = new();

    public void Succeed(T value)
    {
        if (callback is null || Result.Ready)
        {
            Result.SetValue(value);
            return;
        }

        callbacks.Add(() =>
        {
            callbacks.Guarded(() => callback(value));
            Result.SetValue(value);
        });
    }

    public void Fail(Exception failure)
    {
        if (errorCallback is null || Result.Ready)
        {
            Result.SetFailure(failure);
            return;
        }

        callbacks.Add(() =>
        {
            callbacks.Guarded(() => errorCallback(failure));
            Result.SetFailure(failure);
        });
    }
}
