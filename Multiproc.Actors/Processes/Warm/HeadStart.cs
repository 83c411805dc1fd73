using Multiproc.Serialization;

namespace Multiproc.Processes.Warm;

/// <summary>
/// Deserializes work on another thread while the main thread connects to the parent. What a process does for the first time is mostly the runtime's work
/// (types, code, stubs), so on several processors both take the time of one.
/// </summary>
internal static class HeadStart
{
    private const int StackBytes = 256 * 1024;

    public static void Begin()
    {
        if (Environment.ProcessorCount > 1)
        {
            new Thread(static () => Serializer.Unpack<ChildWork>(Serializer.Pack<ChildWork>(new ActionWork(static () => { }))), StackBytes)
            {
                IsBackground = true,
                Name = "multiproc head start",
            }.Start();
        }
    }
}
