using System.Diagnostics;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>Reports the progress of an aggregation in inputs, where the pool counts slices.</summary>
internal sealed class AggregateProgress<TInput>(IProgress<PoolProgress> progress, IEnumerable<TInput> inputs)
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly long? _total = inputs.TryGetNonEnumeratedCount(out int count) ? count : null;
    private readonly Queue<int> _sizes = new();
    private long _done;

    /// <summary>Notes the sizes of slices as they are made.</summary>
    public IEnumerable<InputSlice<TInput>> Counted(IEnumerable<InputSlice<TInput>> slices)
    {
        foreach (var slice in slices)
        {
            lock (_sizes)
            {
                _sizes.Enqueue(slice.Inputs.Length);
            }

            yield return slice;
        }
    }

    /// <summary>Reports that one more slice is added up; they come in their order.</summary>
    public void OneMore()
    {
        lock (_sizes)
        {
            _done += _sizes.Dequeue();
        }

        UserCode.Run("A progress handler of a pool", () => progress.Report(new PoolProgress(_done, 0, _total, Stopwatch.GetElapsedTime(_begun))));
    }
}
