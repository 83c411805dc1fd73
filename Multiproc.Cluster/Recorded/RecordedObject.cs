using System.Reflection;
using Multiproc.Managers;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>
/// A user's object that is kept as a record: a call makes the object from the record, does the call here, and replaces the record, if nobody else has
/// meanwhile. So a call is one step, and no user's code is part of the journal, which would have to do the same for ever.
/// </summary>
internal abstract class RecordedObject : IArrivesAs
{
    public abstract SharedObject Record { get; }

    public abstract object Arrived { get; }

    public abstract object? Call(MethodInfo method, object?[] arguments, CancellationToken cancellation);

    public abstract ValueTask<object?> CallAsync(MethodInfo method, object?[] arguments, CancellationToken cancellation);

    protected static object? Invoke(object target, MethodInfo method, object?[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}

/// <summary>A recorded object of one class. This is what is sent, in place of a proxy.</summary>
internal sealed class RecordedObject<T, TClass, TRecord>(ValueProxy<TRecord> record) : RecordedObject, ISelfCoded<RecordedObject<T, TClass, TRecord>>
    where T : class
    where TClass : T, IRecorded<TClass, TRecord>
{
    public override SharedObject Record => record;

    public override object Arrived => RecordedProxy.Make<T>(this);

    public override object? Call(MethodInfo method, object?[] arguments, CancellationToken cancellation) => record.Change(
        saved =>
        {
            var target = TClass.Load(saved);
            object? result = Invoke(target, method, arguments);
            return (target.Save(), result);
        },
        cancellation);

    public override ValueTask<object?> CallAsync(MethodInfo method, object?[] arguments, CancellationToken cancellation) => record.ChangeAsync(
        async saved =>
        {
            var target = TClass.Load(saved);
            object? result = await TaskResults.Unwrap(Invoke(target, method, arguments)).ConfigureAwait(false);
            return (target.Save(), result);
        },
        cancellation);

    public void WriteTo(WireWriter writer) => ((ISelfCoded)record).WriteTo(writer);

    public static RecordedObject<T, TClass, TRecord> ReadFrom(ref WireReader reader) => new(Read<ValueProxy<TRecord>>(ref reader));

    private static TProxy Read<TProxy>(ref WireReader reader)
        where TProxy : ISelfCoded<TProxy> =>
        TProxy.ReadFrom(ref reader);
}
