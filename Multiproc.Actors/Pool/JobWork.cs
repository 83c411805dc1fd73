using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>The function of a job as it travels to workers: reads an input, writes the result.</summary>
internal abstract class JobWork : IEnvelopeOfWork
{
    /// <summary>Runs one task. What the user's function throws comes out.</summary>
    public abstract void Run(ref WireReader input, WireWriter output);
}

internal sealed class JobWork<TInput, TResult>(Func<TInput, TResult> target) : JobWork
{
    public override void Run(ref WireReader input, WireWriter output) =>
        Serializer.Serialize(output, target(Serializer.Deserialize<TInput>(ref input)));
}
