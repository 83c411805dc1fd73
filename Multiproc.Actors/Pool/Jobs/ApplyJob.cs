using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>A single call, whose function is sent with its input.</summary>
internal sealed class ApplyJob<TInput, TResult>(
    int id, JobWork<TInput, TResult> work, TInput input, CallSettings settings, ResultSink<TResult> sink) : PoolJob(id, settings)
{
    private TResult? _result;
    private Exception? _failure;

    public override string Kind => "apply";

    public override bool TakesToken => work.TakesToken;

    protected override long? Total => 1;

    protected override bool InputOf(long task, out object? value)
    {
        value = input;
        return true;
    }

    protected override void WriteWork(WireWriter writer) => Serializer.Serialize<JobWork>(writer, work);

    protected override void WriteInputValue(WireWriter writer, long task) => Serializer.Serialize(writer, input);

    protected override void OnFinished(Exception? broken)
    {
        if ((_failure ?? broken) is { } failure)
        {
            sink.Fail(failure);
        }
        else
        {
            sink.Succeed(_result!);
        }
    }

    protected override void OnValue(long task, ref WireReader reader) => _result = Serializer.Deserialize<TResult>(ref reader);

    protected override int OnPackedValues(long first, int size, ReadOnlySpan<byte> values) =>
        throw new SerializationException("Malformed frame: a single call has no packed results.");

    protected override void OnFailure(long task, Exception failure) => _failure ??= failure;
}
