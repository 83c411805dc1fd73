namespace Multiproc.SharedMemory;

/// <summary>
/// A value that is created on first use. Unlike <see cref="Lazy{T}"/> it caches no failure: a system that has no free descriptor or thread
/// at one moment may have one the next.
/// </summary>
internal sealed class Retried<T>(Func<T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private volatile T? _value;

    /// <summary>The value, created on first use. An exception of its factory is thrown, and the next caller tries again.</summary>
    public T Value => _value ?? Make();

    private T Make()
    {
        lock (_gate)
        {
            return _value ??= make();
        }
    }
}
