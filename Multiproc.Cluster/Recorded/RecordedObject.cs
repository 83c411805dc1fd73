using System.Reflection;
using Multiproc.Managers;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>
/// A user's object that is kept as a record: a call makes the object from the record, does the call here, and replaces the record, if nobody else has
/// meanwhile. So a call is one step, and no user's code is part of the journal, which would have to do the same for ever. See <see cref="RecordChanges{T}"/>.
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
    private readonly RecordChanges<TRecord> _changes = new(new Store(record));

    public override SharedObject Record => record;

    public override object Arrived => RecordedProxy.Make<T>(this);

    public override object? Call(MethodInfo method, object?[] arguments, CancellationToken cancellation)
    {
        return cancellation.CanBeCanceled
            ? _changes.MakeAsync(saved => ValueTask.FromResult(Do(saved)), cancellation).AsTask().GetAwaiter().GetResult()
            : _changes.Make(Do);

        (TRecord, object?) Do(TRecord saved)
        {
            var target = TClass.Load(saved);
            object? result = Invoke(target, method, arguments);
            return (target.Save(), result);
        }
    }

    public override ValueTask<object?> CallAsync(MethodInfo method, object?[] arguments, CancellationToken cancellation) => _changes.MakeAsync(
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

    private sealed class Store(ValueProxy<TRecord> record) : IRecordStore<TRecord>
    {
        public Payload Pack(TRecord value) => record.PackValue(value);

        public Payload Read() => record.ReadPacked();

        public ValueTask<Payload> ReadAsync(CancellationToken cancellation) => record.ReadPackedAsync(cancellation);

        public bool TryReplace(Payload known, Payload next) => record.TryReplacePacked(known, next);

        public ValueTask<bool> TryReplaceAsync(Payload known, Payload next) => record.TryReplacePackedAsync(known, next);
    }
}
