namespace Multiproc.SharedMemory;

/// <summary>
/// Something that is made when it is first needed. Unlike <see cref="Lazy{T}"/> it remembers no failure: a system that has no descriptor or thread to give
/// at one moment may have one the next.
/// </summary>
internal sealed class Retried<T>(Func<T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private volatile T? _value;

    /// <summary>The value; whatever making it throws is thrown, and the next caller tries again.</summary>
    public T Value => _value ?? Make();

    private T Make()
    {
        lock (_gate)
        {
            return _value ??= make();
        }
    }
}
