using System.Runtime.InteropServices;

namespace Multiproc.Transport.Linux;

/// <summary>Waits until one of many descriptors has something.</summary>
internal static unsafe class Polling
{
    private const int MillisecondsBetweenRounds = 20;

    /// <returns>False if it was interrupted: nothing is known then.</returns>
    /// <remarks>
    /// The system refuses to look at more descriptors than this process may open, which may have become fewer after they were opened, and has sometimes no memory
    /// for the call. A look at each in turn, with a pause between the rounds, is slower and sees the same; to call again at once would take a processor.
    /// </remarks>
    public static bool Wait(SocketCalls.PollEntry[] entries)
    {
        fixed (SocketCalls.PollEntry* first = entries)
        {
            int ready = SocketCalls.poll(first, (nuint)entries.Length, -1);
            if (ready >= 0 || Marshal.GetLastPInvokeError() == SocketCalls.Interrupted)
            {
                return ready > 0;
            }

            bool any = false;
            for (int i = 0; i < entries.Length; i++)
            {
                first[i].Seen = 0;
                any |= SocketCalls.poll(first + i, 1, 0) > 0;
            }

            if (!any)
            {
                SocketCalls.poll(null, 0, MillisecondsBetweenRounds);
            }

            return any;
        }
    }
}
