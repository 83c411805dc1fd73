using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>A job in a worker.</summary>
internal sealed record WorkerJob(JobTraits Traits, string? Trace, JobWork Work)
{
    /// <summary>Written instead of the length of an input that could not be sent; the reason follows as text.</summary>
    public const int UnsendableInput = -1;

    public static WorkerJob Read(ref WireReader reader)
    {
        var traits = (JobTraits)reader.Byte();
        string? trace = traits.HasFlag(JobTraits.Traced) ? reader.String() : null;
        int length = reader.Int32();
        if (length == UnsendableInput)
        {
            return new WorkerJob(traits, trace, new FailingWork(reader.String(), null));
        }

        var definition = new WireReader(reader.Raw(length));
        try
        {
            return new WorkerJob(traits, trace, Serializer.Deserialize<JobWork>(ref definition));
        }
        catch (SerializationException unknown)
        {
            return new WorkerJob(traits, trace, new FailingWork(unknown.Message, unknown));
        }
    }

    /// <summary>Reads an input that follows its length.</summary>
    /// <exception cref="SerializationException">The input could not be sent, or cannot be deserialized.</exception>
    public static T ReadInput<T>(ref WireReader reader)
    {
        int length = reader.Int32();
        if (length == UnsendableInput)
        {
            throw new SerializationException(reader.String());
        }

        var input = new WireReader(reader.Raw(length));
        return Serializer.Deserialize<T>(ref input);
    }

    /// <summary>A job whose function cannot be deserialized in this process: every task fails with the reason.</summary>
    private sealed class FailingWork(string reason, Exception? cause) : JobWork
    {
        public override void Run(ref WireReader input, WireWriter output, CancellationToken token, ITaskClock? clock) =>
            throw new SerializationException(reason, cause);

        public override void RunMany(ref WireReader inputs, bool packed, ManyRun run)
        {
            while (run.GoesOn)
            {
                run.Fail(new SerializationException(reason, cause));
            }
        }
    }
}
