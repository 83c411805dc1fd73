using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>All inputs are there; all results are wanted, in their order. The first failure is thrown when everything is done.</summary>
internal sealed class MapJob<TInput, TResult>(int id, Func<TInput, TResult> target, TInput[] inputs, IProgress<PoolProgress>? progress)
    : PoolJob(id, new JobWork<TInput, TResult>(target), progress)
{
    private readonly TaskCompletionSource<TResult[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TResult[] _results = new TResult[inputs.Length];
    private Exception? _failure;

    public Task<TResult[]> Completion => _completion.Task;

    protected override long? Total => inputs.Length;

    public override void WriteInput(WireWriter writer, long task) => Serializer.Serialize(writer, inputs[task]);

    public override void OnFinished(Exception? broken)
    {
        if ((_failure ?? broken) is { } failure)
        {
            _completion.TrySetException(failure);
        }
        else
        {
            _completion.TrySetResult(_results);
        }

        Changed.Complete();
    }

    public void OnCancelled(CancellationToken cancellation) => _completion.TrySetCanceled(cancellation);

    protected override void OnValue(long task, ref WireReader reader) => _results[task] = Serializer.Deserialize<TResult>(ref reader);

    protected override void OnFailure(long task, Exception failure) => _failure ??= failure;
}
