namespace Multiproc;

/// <summary>
/// A class of the user's whose objects live in a cluster: each is kept as a record. See <see cref="ClusterContext.Create{T, TClass, TRecord}"/>.
/// </summary>
/// <typeparam name="TSelf">The class itself.</typeparam>
/// <typeparam name="TRecord">All that its objects remember; any type that can be sent to another process.</typeparam>
/// <example>
/// <code>
/// public interface ICalc
/// {
///     long Add(long number);
/// }
///
/// public sealed record Sum(long Total);
///
/// public sealed class Calc(Sum sum) : ICalc, IRecorded&lt;Calc, Sum&gt;
/// {
///     private long _total = sum.Total;
///
///     public static Calc Load(Sum record) => new(record);
///
///     public Sum Save() => new(_total);
///
///     public long Add(long number) => _total += number;
/// }
/// </code>
/// </example>
public interface IRecorded<TSelf, TRecord>
    where TSelf : IRecorded<TSelf, TRecord>
{
    /// <summary>Makes an object from its record.</summary>
    /// <param name="record">What <see cref="Save"/> gave.</param>
    /// <returns>The object.</returns>
    static abstract TSelf Load(TRecord record);

    /// <summary>Gives the record of the object as it is now.</summary>
    /// <returns>All that it remembers.</returns>
    TRecord Save();
}
