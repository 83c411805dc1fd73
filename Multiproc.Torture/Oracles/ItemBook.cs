using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Oracles;

/// <summary>What became of each item of a queue, in mapped memory, where it survives the processes that write it.</summary>
/// <param name="Puts">For each item: 1 while it is being put, 2 afterwards.</param>
/// <param name="Seen">How often each item was taken.</param>
/// <param name="Next">The number of the next item.</param>
internal sealed record ItemBook(SharedArray<int> Puts, SharedArray<int> Seen, SharedValue<int> Next) : IDisposable
{
    /// <summary>The most items in a run.</summary>
    private const int Most = 1 << 21;

    public static ItemBook Make() => new(Mp.RawArray<int>(Most), Mp.RawArray<int>(Most), Mp.RawValue(0));

    /// <summary>Whether there may be more items.</summary>
    public bool HasRoom => Next.Value < Most - 1000;

    /// <summary>Puts the next item by an action that may die in between.</summary>
    /// <param name="put">Puts it; returns false, or throws, if it was not taken.</param>
    public void Put(Func<Item, bool> put)
    {
        int number = Next.Increment() - 1;
        Puts[number] = 1;
        Puts[number] = put(Item.Make(number)) ? 2 : 0;
    }

    /// <summary>Notes that an item was taken.</summary>
    /// <exception cref="InvalidOperationException">The item is not as it was put.</exception>
    public void Take(Item item)
    {
        if (!item.IsWhole || Puts[item.Number] == 0)
        {
            throw new InvalidOperationException(
                $"Item {item.Number}, {item.Bytes.Length} bytes, is not whole, or was never put (mark {Puts[item.Number]}).");
        }

        Seen.Increment(item.Number);
    }

    /// <summary>Compares puts and takes when the queue is empty and nobody uses it.</summary>
    /// <param name="what">The queue.</param>
    /// <param name="mayMiss">How many items may be missing since the process that had them died.</param>
    /// <param name="mayDouble">How many may have come again since the process that had them died.</param>
    /// <param name="tally">Where to tell of it.</param>
    public void Judge(string what, long mayMiss, long mayDouble, Tally tally)
    {
        long missing = 0, twice = 0;
        string examples = "";
        for (int number = 0; number < Next.Value; number++)
        {
            int seen = Seen[number];
            twice += Math.Max(seen - 1, 0);
            if (seen == 0 && Puts[number] == 2)
            {
                missing++;
                examples += examples.Length < 60 ? $" {number}" : "";
            }
        }

        tally.Excuse(Math.Min(missing, mayMiss) + Math.Min(twice, mayDouble));
        if (missing > mayMiss)
        {
            tally.Lose(missing, $"{missing} of {Next.Value} items of {what}, of which deaths explain {mayMiss}:{examples}");
        }

        if (twice > mayDouble)
        {
            tally.Double(twice, $"{twice} of {Next.Value} items of {what} came again, of which deaths explain {mayDouble}");
        }
    }

    public void Dispose()
    {
        Puts.Dispose();
        Seen.Dispose();
        Next.Dispose();
    }
}
