using System.Reflection;
using Multiproc.Serialization;

namespace Multiproc.Tests.SharedMemory;

/// <summary>
/// What the compiler refuses for shared memory, a struct with references, is refused as well where it does not look: by reflection, and from the wire.
/// </summary>
public sealed class ReferencesRefusedTests
{
    private static readonly MethodInfo[] s_makers =
    [
        .. new[] { typeof(Mp), typeof(MultiprocContext) }
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(static method => method.IsGenericMethodDefinition && (method.Name is "Value" or "RawValue" or "Array" or "RawArray")
                && !method.IsDefined(typeof(ObsoleteAttribute)) && method.GetParameters().All(static each => !each.ParameterType.IsByRefLike)
                && method.GetParameters()[0].ParameterType != typeof(char)),
    ];

    [Fact]
    public void Maker_CalledByReflection_RefusesReferences()
    {
        s_makers.Length.ShouldBeGreaterThan(8);
        foreach (var maker in s_makers)
        {
            var made = maker.MakeGenericMethod(typeof(Named));
            object?[] arguments = [.. made.GetParameters().Select(static each => Argument(each.ParameterType))];
            var thrown = Should.Throw<TargetInvocationException>(
                () => made.Invoke(made.IsStatic ? null : Mp.GetContext(StartMethod.Spawn), arguments), $"{maker}");
            thrown.InnerException.ShouldBeOfType<ArgumentException>($"{maker}").Message.ShouldContain("references");
        }
    }

    [Fact]
    public void Bytes_OfReferences_AreNotSent()
    {
        // A span cannot be given by reflection: a generic method of this class can be made for the type all the same.
        var (first, second) = Mp.Pipe();
        using (first)
        using (second)
        {
            foreach (string name in new[] { nameof(Send), nameof(Receive) })
            {
                var method = GetType().GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(typeof(Named));
                Should.Throw<TargetInvocationException>(() =>
                    method.Invoke(null, [first])).InnerException.ShouldBeOfType<ArgumentException>().Message.ShouldContain("references");
            }

            second.Poll().ShouldBeFalse();
        }
    }

    [Fact]
    public void Facade_OfReferencesFromTheWire_IsRefused()
    {
        using var value = Mp.RawValue(1L);
        using var array = Mp.RawArray<long>(4);
        var bytes = Serializer.Pack(value);
        var many = Serializer.Pack(array);
        Refused(typeof(SharedValue<>), bytes);
        Refused(typeof(SharedArray<>), many);
    }

    private static void Refused(Type facade, Payload bytes)
    {
        var type = facade.MakeGenericType(typeof(Named));
        var unpack = typeof(Serializer).GetMethod("Unpack")!.MakeGenericMethod(type);
        Should.Throw<TargetInvocationException>(() =>
            unpack.Invoke(null, [bytes])).InnerException.ShouldBeOfType<SerializationException>().Message.ShouldContain("references");
    }

    private static void Send<T>(Connection end)
        where T : unmanaged => end.SendBytes<T>(new T[1]);

    private static void Receive<T>(Connection end)
        where T : unmanaged => end.RecvBytesInto<T>(new T[1]);

    private static object? Argument(Type type) =>
        type == typeof(bool) ? true : type == typeof(int) ? 2 : type.IsValueType ? Activator.CreateInstance(type) : null;

    private record struct Named(string? Name);
}
