using Multiproc.Serialization;

namespace Multiproc.Processes.Warm;

/// <summary>
/// Reads a piece of work on another thread while the first one joins the parent. What a process does for the first time is mostly the runtime's work - types, code,
/// stubs - and on several processors both can be had in the time of one.
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
