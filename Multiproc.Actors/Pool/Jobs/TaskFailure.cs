using Multiproc.Serialization;

namespace Multiproc.Pool;

/// <summary>Writes and reads the exception of a task.</summary>
internal static class TaskFailure
{
    public static void Write(WireWriter writer, Exception failure) => SentFailure.Write(writer, failure);

    public static Exception Read(ref WireReader reader) => SentFailure.Read(ref reader);
}
