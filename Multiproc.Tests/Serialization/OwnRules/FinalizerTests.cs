using System.Reflection;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>
/// A class with a finalizer is not made of bytes: its finalizer would run for an object that no constructor has seen. A random frame once named such a class
/// of this library, and the finalizer ended the program.
/// </summary>
public sealed class FinalizerTests
{
    public static TheoryData<Type> OwnClasses =>
        [.. typeof(Mp).Assembly.GetTypes().Where(static type => type.IsClass && !type.IsAbstract && !type.ContainsGenericParameters && HasFinalizer(type))];

    [Fact]
    public void Send_ClassWithAFinalizer_IsRefusedByItsPath()
    {
        string refusal = Wire.RefusalOf(new Holder(new Finalized()));
        refusal.ShouldContain("Held");
        refusal.ShouldContain("has a finalizer");
    }

    [Fact]
    public void Send_ClassThatInheritsAFinalizer_IsRefused() => Wire.RefusalOf(new Derived()).ShouldContain("has a finalizer");

    [Theory]
    [MemberData(nameof(OwnClasses), DisableDiscoveryEnumeration = true)]
    public void OwnClass_WithAFinalizer_IsNeverMadeOfBytes(Type type) => SendableTypes.FaultOf(type).ShouldNotBeNull();

    private static bool HasFinalizer(Type type) =>
        type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes)!.DeclaringType!.Assembly == typeof(Mp).Assembly;

    private sealed record Holder(Finalized Held);

    private class Finalized
    {
        private readonly int[] _pieces = new int[1];

        ~Finalized() => _pieces[0]++;
    }

    private sealed class Derived : Finalized;
}
