using Multiproc.Objects.Together;

namespace Multiproc;

/// <summary>
/// What can be acquired together with others, by <see cref="Mp.AcquireAll"/>: locks, recursive locks, semaphores (one permit), and the sides of a lock for
/// readers and writers (<see cref="SharedReadWriteLock.ReadSide"/> and the others). Implemented by this library only.
/// </summary>
public interface IAcquirable
{
    /// <summary>The way to acquire it.</summary>
    internal Acquirable Acquirable { get; }
}
