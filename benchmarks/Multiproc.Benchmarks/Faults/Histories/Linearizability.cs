namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>What a search found.</summary>
internal enum Verdict
{
    Linearizable,
    Violated,

    /// <summary>The search was given up: there were too many orders.</summary>
    Undecided,
}

/// <summary>
/// Searches for an order of a history's operations that keeps their order in time and that a sequential object could have taken: the algorithm of Wing and
/// Gong, with Lowe's memory of what was tried. An operation whose outcome is unknown may be taken at any time after it began, or never.
/// </summary>
internal static class Linearizability
{
    private const int MostStates = 2_000_000;

    /// <summary>The state after an operation; null when the object could not have given the operation's result in this state.</summary>
    public delegate TState? Step<TState>(TState state, Operation operation)
        where TState : class;

    public static Verdict Check<TState>(IEnumerable<Operation> history, TState initial, Step<TState> step)
        where TState : class
    {
        Operation[] operations = [.. history.Where(static each => each.Status != OperationStatus.Failed)];
        var head = Entry.Of(operations);
        int unfinished = operations.Count(static each => each.Status != OperationStatus.Unknown);
        var taken = new TakenSet(operations.Length);
        var tried = new HashSet<(TakenSet, TState)>();
        var path = new Stack<(Entry Call, TState Before)>();
        var state = initial;
        var entry = head.Next;
        while (unfinished > 0)
        {
            if (entry!.Return is not null || entry.IsOpen)
            {
                if (step(state, operations[entry.Number]) is { } after && tried.Add((taken.With(entry.Number), after)))
                {
                    if (tried.Count > MostStates)
                    {
                        return Verdict.Undecided;
                    }

                    path.Push((entry, state));
                    state = after;
                    taken = taken.With(entry.Number);
                    unfinished -= entry.IsOpen ? 0 : 1;
                    entry.Lift();
                    entry = head.Next;
                }
                else
                {
                    entry = entry.Next;
                }
            }
            else
            {
                // The end of an operation that was not taken yet: what was taken before must change.
                if (path.Count == 0)
                {
                    return Verdict.Violated;
                }

                (var call, state) = path.Pop();
                taken = taken.Without(call.Number);
                unfinished += call.IsOpen ? 0 : 1;
                call.Unlift();
                entry = call.Next;
            }
        }

        return Verdict.Linearizable;
    }

    /// <summary>The beginning or the end of an operation, in a list in the order of time.</summary>
    private sealed class Entry(int number)
    {
        private Entry? _previous;

        public int Number => number;

        public Entry? Next { get; private set; }

        /// <summary>Of a beginning: its end.</summary>
        public Entry? Return { get; private init; }

        /// <summary>Whether it is the beginning of an operation without an end.</summary>
        public bool IsOpen { get; private init; }

        /// <summary>The entries in order, after one that stands before them. At the same moment beginnings come first: the operations overlap.</summary>
        public static Entry Of(Operation[] operations)
        {
            var events = new List<(long At, int Rank, Entry Entry)>();
            for (int i = 0; i < operations.Length; i++)
            {
                bool isOpen = operations[i].Status == OperationStatus.Unknown;
                var end = isOpen ? null : new Entry(i);
                events.Add((operations[i].Begin, 0, new Entry(i) { Return = end, IsOpen = isOpen }));
                if (end is not null)
                {
                    events.Add((operations[i].End, 1, end));
                }
            }

            var head = new Entry(-1);
            var last = head;
            foreach (var (_, _, entry) in events.OrderBy(static each => each.At).ThenBy(static each => each.Rank))
            {
                (last.Next, entry._previous) = (entry, last);
                last = entry;
            }

            return head;
        }

        /// <summary>Takes a beginning and its end out of the list.</summary>
        public void Lift()
        {
            Out();
            Return?.Out();
        }

        /// <summary>Puts them back; in the opposite order of taking them out.</summary>
        public void Unlift()
        {
            Return?.In();
            In();
        }

        private void Out()
        {
            _previous!.Next = Next;
            if (Next is not null)
            {
                Next._previous = _previous;
            }
        }

        private void In()
        {
            _previous!.Next = this;
            if (Next is not null)
            {
                Next._previous = this;
            }
        }
    }

    /// <summary>Which operations were taken.</summary>
    private sealed class TakenSet(ulong[] bits) : IEquatable<TakenSet>
    {
        public TakenSet(int count)
            : this(new ulong[(count + 63) / 64])
        {
        }

        public TakenSet With(int number)
        {
            ulong[] copy = [.. bits];
            copy[number / 64] |= 1UL << (number % 64);
            return new TakenSet(copy);
        }

        public TakenSet Without(int number)
        {
            ulong[] copy = [.. bits];
            copy[number / 64] &= ~(1UL << (number % 64));
            return new TakenSet(copy);
        }

        public bool Equals(TakenSet? other) => other is not null && bits.AsSpan().SequenceEqual(other.Bits);

        public override bool Equals(object? obj) => Equals(obj as TakenSet);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (ulong each in bits)
            {
                hash.Add(each);
            }

            return hash.ToHashCode();
        }

        private ulong[] Bits => bits;
    }
}
