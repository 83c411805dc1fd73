using System.Globalization;
using Multiproc.SharedMemory;

namespace Multiproc.Connections.Pipes;

/// <summary>
/// The exclusive right to send, or to receive, at one side that several processes may hold: a word of shared memory that names the process which has it.
/// Uncontended it costs one compare-and-swap. Waiters poll whether the holder lives; a successor of a dead holder finds whole records.
/// </summary>
internal static unsafe class PipeTurn
{
    private const int Free = 0;
    private const int Contended = int.MinValue;
    private const int PidBits = 22;
    private const int PidMask = (1 << PidBits) - 1;
    private const int BirthMask = 0x1FF;

    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(20);
    private static readonly int s_self = Name(Environment.ProcessId);

    /// <summary>The interval at which a waiter checks whether the holder lives.</summary>
    public static TimeSpan CheckAgain => s_period;

    /// <summary>Takes the turn if it is free.</summary>
    public static bool TryTake(int* word) => Interlocked.CompareExchange(ref *word, s_self, Free) == Free;

    /// <summary>Takes the turn if no living process has it.</summary>
    public static bool TryEnter(int* word)
    {
        int holder = Volatile.Read(ref *word);
        return holder == Free
            ? TryTake(word)
            : !IsAlive(holder) && Interlocked.CompareExchange(ref *word, s_self | Contended, holder) == holder;
    }

    /// <summary>Waits for the turn; <paramref name="giveUp"/> is called periodically and ends the wait by an exception.</summary>
    public static void Enter(int* word, Action giveUp)
    {
        while (true)
        {
            int holder = Volatile.Read(ref *word);
            if (holder == Free)
            {
                // Others may sleep as well, so a process that had to wait marks the turn as contended and wakes them at the end.
                if (Interlocked.CompareExchange(ref *word, s_self | Contended, Free) == Free)
                {
                    return;
                }

                continue;
            }

            if ((holder & Contended) == 0 && Interlocked.CompareExchange(ref *word, holder | Contended, holder) != holder)
            {
                continue;
            }

            holder |= Contended;
            Futex.Wait(word, holder, s_period);
            giveUp();
            if (Volatile.Read(ref *word) == holder && !IsAlive(holder) && Interlocked.CompareExchange(ref *word, s_self | Contended, holder) == holder)
            {
                return;
            }
        }
    }

    public static void Leave(int* word)
    {
        if ((Interlocked.Exchange(ref *word, Free) & Contended) != 0)
        {
            Futex.Wake(word);
        }
    }

    /// <summary>Whether a living process has the turn.</summary>
    public static bool IsHeld(int* word) => Volatile.Read(ref *word) is var holder && holder != Free && IsAlive(holder);

    private static bool IsAlive(int holder)
    {
        int name = holder & ~Contended;
        return name == s_self || Name(name & PidMask) == name;
    }

    /// <summary>Identifies a process by its id and some bits of its start time, since ids are reused; 0 if it does not live.</summary>
    private static int Name(int pid)
    {
        string status;
        try
        {
            status = File.ReadAllText($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return 0;
        }

        // The second field is the program's name, in parentheses, with any character in it.
        string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        const int State = 0;
        const int Birth = 19;
        return fields[State] is "Z" or "X" ? 0 : pid | ((int)(long.Parse(fields[Birth], CultureInfo.InvariantCulture) & BirthMask) << PidBits);
    }
}
