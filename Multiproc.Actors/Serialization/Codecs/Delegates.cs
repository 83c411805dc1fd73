using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends a delegate as its methods and their targets; a lambda's target is the object that holds its captured variables.</summary>
internal sealed class DelegateCodec(Type type) : Codec
{
    public override void WriteObject(WriteContext context, object value)
    {
        var targets = ((Delegate)value).GetInvocationList();
        context.Writer.VarUInt((uint)targets.Length);
        foreach (var each in targets)
        {
            Methods.Write(context, each.Method);
            try
            {
                Slot.Write(context, each.Target, typeof(object));
            }
            catch (UnsendableException unsendable) when (unsendable.At(TypeNames.OfTarget(each)))
            {
                throw;
            }
        }
    }

    // A recursive lambda captures its own delegate: a delegate with one target exists as soon as the target does.
    public override bool IsLate(object value) =>
        !((Delegate)value).HasSingleTarget
        || (((Delegate)value).Target is { } target && (target.GetType().IsValueType || CodecTable.For(target.GetType()).IsLate(target)));

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        var targets = new Delegate[reader.Count(atLeast: 2)];
        for (int i = 0; i < targets.Length; i++)
        {
            var method = Methods.Read(context, ref reader);
            Delegate? early = null;
            object? target = Slot.Read(
                context, ref reader, typeof(object), targets.Length == 1 && id >= 0 ? target => context.Fulfil(id, early = Make(method, target)) : null);
            targets[i] = early ?? Make(method, target);
        }

        return targets.Length switch
        {
            0 => throw new SerializationException("Malformed value: a delegate without a method."),
            1 => targets[0],
            _ => Delegate.Combine(targets)!,
        };
    }

    private Delegate Make(MethodInfo method, object? target)
    {
        if (target is not null && (method.IsStatic ? !IsFirstArgument(method, target) : !method.DeclaringType!.IsInstanceOfType(target)))
        {
            throw new SerializationException($"Malformed value: {method} cannot be called on what came with it.");
        }

        try
        {
            // Without a target, an instance method takes its object as the first argument.
            return target is null && !method.IsStatic ? Delegate.CreateDelegate(type, method) : Delegate.CreateDelegate(type, target, method);
        }
        catch (ArgumentException unfit)
        {
            throw new SerializationException($"Malformed value: {method} is not a {TypeNames.Of(type)}.", unfit);
        }
    }

    /// <summary>Whether a static method has a target: true for an extension method bound to its receiver.</summary>
    private static bool IsFirstArgument(MethodInfo method, object target) =>
        method.GetParameters() is [var first, ..] && first.ParameterType.IsInstanceOfType(target);
}

internal sealed class MethodCodec : Codec<MethodInfo>
{
    public override void Write(WriteContext context, MethodInfo value) => Methods.Write(context, value);

    public override MethodInfo Read(ReadContext context, ref WireReader reader, int id) => Methods.Read(context, ref reader);
}

/// <summary>
/// Sends a method as its type, its metadata token, and the identity of its module: both sides of one app have the same modules,
/// so the token identifies the method. The name is sent as a check.
/// </summary>
internal static class Methods
{
    private const int MethodDefinitions = 6;

    public static void Write(WriteContext context, MethodInfo method)
    {
        if (method.DeclaringType is not { } declaring || method is System.Reflection.Emit.DynamicMethod || method.Module.Assembly.IsDynamic)
        {
            throw new UnsendableException($"is the method {method.Name}, made at run time: the other process does not have it");
        }

        context.Type(declaring);
        method.Module.ModuleVersionId.TryWriteBytes(context.Writer.Take(16));
        context.Writer.Int32(method.MetadataToken);
        context.Writer.String(method.Name);
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        context.Writer.VarUInt((uint)arguments.Length);
        foreach (var argument in arguments)
        {
            context.Type(argument);
        }
    }

    public static MethodInfo Read(ReadContext context, ref WireReader reader)
    {
        var declaring = context.Type(ref reader);
        var module = new Guid(reader.Raw(16));
        int token = reader.Int32();
        string name = reader.String();
        var arguments = new Type[reader.Count()];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = context.Type(ref reader);
        }

        if (declaring.Module.ModuleVersionId != module)
        {
            throw new SerializationException(
                $"{TypeNames.Of(declaring)}.{name} is of another build of {declaring.Module.Name} here: both sides must run the same app.");
        }

        if (token >>> 24 != MethodDefinitions)
        {
            throw new SerializationException($"Malformed value: token {token:x} is no method of {TypeNames.Of(declaring)}.");
        }

        try
        {
            var definition = declaring.Module.ResolveMethod(token, declaring.IsGenericType ? declaring.GetGenericArguments() : null, null) as MethodInfo;
            if (definition?.Name == name && definition.DeclaringType is { } found)
            {
                var method = found == declaring
                    ? definition
                    : MethodBase.GetMethodFromHandle(definition.MethodHandle, declaring.TypeHandle) as MethodInfo;
                if (method is not null && method.IsGenericMethodDefinition == arguments.Length > 0)
                {
                    return arguments.Length > 0 ? method.MakeGenericMethod(arguments) : method;
                }
            }
        }
        catch (ArgumentException unfit)
        {
            throw new SerializationException($"Malformed value: token {token:x} is no method of {TypeNames.Of(declaring)}.", unfit);
        }

        throw new SerializationException($"Malformed value: token {token:x} of {TypeNames.Of(declaring)} is not its method {name}.");
    }
}
