namespace Multiproc.Objects.Counters;

/// <summary>
/// A counter in mapped memory: stripes, each in a cache line of its own, whose sum is the value. A thread adds to the stripe of the processor that it runs on,
/// so threads on different processors do not wait for each other's cache line. An addition is one atomic instruction: a process that is killed has added the
/// whole amount or nothing, and what it added stays.
/// </summary>
internal readonly unsafe struct CounterCell(byte* address) : ICell<CounterCell>
{
    /// <summary>A power of two. On machines with more processors, some share a stripe.</summary>
    public const int Stripes = 64;
    public const int Bytes = Stripes * CacheLine;

    private const int CacheLine = 64;

    private readonly byte* _address = address;

    static int ICell<CounterCell>.Size => Bytes;

    static CounterCell ICell<CounterCell>.At(byte* address) => new(address);

    /// <summary>
    /// Adds up the stripes, one after the other. An addition that ends before this begins is in the sum, one that begins after this has ended is not; one in
    /// between may be.
    /// </summary>
    public long Sum
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < Stripes; i++)
            {
                sum += Volatile.Read(ref Stripe(i));
            }

            return sum;
        }
    }

    /// <summary>Adds to a stripe. Overflow wraps around.</summary>
    public void Add(int stripe, long amount) => Interlocked.Add(ref Stripe(stripe & (Stripes - 1)), amount);

    /// <summary>Takes all that is in the stripes. Each addition is in the result of one call, or still in the counter.</summary>
    public long Reset()
    {
        long sum = 0;
        for (int i = 0; i < Stripes; i++)
        {
            sum += Interlocked.Exchange(ref Stripe(i), 0);
        }

        return sum;
    }

    private ref long Stripe(int number) => ref *(long*)(_address + (number * CacheLine));
}
