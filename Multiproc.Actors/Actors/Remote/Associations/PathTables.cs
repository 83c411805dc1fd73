using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace Multiproc.Actors.Remote;

/// <summary>How the path of an actor is written. The numbers are on the wire.</summary>
internal enum PathForm : byte
{
    None = 0,

    /// <summary>The whole path.</summary>
    Whole = 1,

    /// <summary>A temporary actor of the receiver, such as the one that waits for the answer to an Ask: its name.</summary>
    TemporaryOfReceiver = 2,

    /// <summary>A temporary actor of the sender: its name.</summary>
    TemporaryOfSender = 3,

    /// <summary>The whole path, and the number by which it may be called from now on.</summary>
    Numbered = 4,

    /// <summary>A number that was given to a path before.</summary>
    Number = 5,
}

/// <summary>
/// The paths that were sent over a link: each is sent once with a number, then by its number alone. Frames of a link arrive in order, so a number may be used
/// without its path as soon as the frame that has both was sent; until then, every thread sends both.
/// </summary>
internal sealed class SentPaths
{
    /// <summary>The largest number of paths on a link; further ones are sent whole.</summary>
    public const int Most = 4096;

    private readonly ConcurrentDictionary<IActorRef, SentPath> _byActor = new(ReferenceComparer.Instance);
    private int _count;

    /// <summary>Returns null when the table is full.</summary>
    public SentPath? Find(IActorRef actor) =>
        _byActor.TryGetValue(actor, out var known) ? known : Volatile.Read(ref _count) < Most ? Add(actor) : null;

    private SentPath? Add(IActorRef actor)
    {
        int number = Interlocked.Increment(ref _count) - 1;
        return number < Most ? _byActor.GetOrAdd(actor, new SentPath(number)) : null;
    }

    /// <summary>References compare by path; here each object has its own entry, which is found faster.</summary>
    private sealed class ReferenceComparer : IEqualityComparer<IActorRef>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(IActorRef? x, IActorRef? y) => ReferenceEquals(x, y);

        public int GetHashCode(IActorRef obj) => RuntimeHelpers.GetHashCode(obj);
    }
}

/// <summary>A path with its number on one link.</summary>
internal sealed class SentPath(int number)
{
    private volatile bool _isKnown;

    public int Number => number;

    /// <summary>Whether the receiver has the path, or will have it before any frame that is sent from now on.</summary>
    public bool IsKnown => _isKnown;

    public void MarkKnown() => _isKnown = true;
}

/// <summary>The actors whose paths the process at the other end of a link has numbered.</summary>
internal sealed class ReceivedPaths
{
    private IInternalActorRef?[] _actors = new IInternalActorRef?[16];

    /// <exception cref="SerializationException">The number was never given.</exception>
    public IInternalActorRef this[int number] =>
        number < _actors.Length && _actors[number] is { } known
            ? known
            : throw new SerializationException($"Malformed frame: actor number {number} is unknown.");

    /// <summary>Numbers an actor. Several threads of the sender may number it at once, always in the same way.</summary>
    /// <exception cref="SerializationException">The number is too large.</exception>
    public void Add(int number, IInternalActorRef actor)
    {
        if (number >= SentPaths.Most)
        {
            throw new SerializationException($"Malformed frame: actor number {number} is above {SentPaths.Most - 1}.");
        }

        if (number >= _actors.Length)
        {
            Array.Resize(ref _actors, Math.Min(SentPaths.Most, Math.Max(number + 1, _actors.Length * 2)));
        }

        _actors[number] = actor;
    }
}
