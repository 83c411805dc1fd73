using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Multiproc.Tests.Architecture;

/// <summary>Collects the types that a part of an assembly names: definitions of its own, and references to those of others.</summary>
internal sealed class UsedTypes(MetadataReader reader) : ISignatureTypeProvider<object?, object?>
{
    public HashSet<EntityHandle> Found { get; } = [];

    public void AddDeclaration(TypeDefinition type)
    {
        Add(type.BaseType);
        foreach (var each in type.GetInterfaceImplementations())
        {
            Add(reader.GetInterfaceImplementation(each).Interface);
        }

        foreach (var each in type.GetFields())
        {
            reader.GetFieldDefinition(each).DecodeSignature(this, null);
        }

        AddConstraints(type.GetGenericParameters());
        AddAttributes(type.GetCustomAttributes());
    }

    public void AddSignature(MethodDefinition method)
    {
        method.DecodeSignature(this, null);
        AddConstraints(method.GetGenericParameters());
        AddAttributes(method.GetCustomAttributes());
    }

    public void AddLocals(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Add(region.CatchType);
        }
    }

    /// <summary>A type, or that of a method or field, with all that it is constructed of.</summary>
    public void AddToken(EntityHandle token)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                Add(reader.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Add(reader.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(reader.GetMemberReference((MemberReferenceHandle)token).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = reader.GetMethodSpecification((MethodSpecificationHandle)token);
                method.DecodeSignature(this, null);
                AddToken(method.Method);
                break;
            default:
                Add(token);
                break;
        }
    }

    private void Add(EntityHandle type)
    {
        if (type.IsNil)
        {
            return;
        }

        if (type.Kind == HandleKind.TypeSpecification)
        {
            reader.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(this, null);
        }
        else if (type.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference)
        {
            Found.Add(type);
        }
    }

    private void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(each => reader.GetGenericParameter(each).GetConstraints()))
        {
            Add(reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var each in attributes)
        {
            AddToken(reader.GetCustomAttribute(each).Constructor);
        }
    }

    object? ISimpleTypeProvider<object?>.GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

    object? ISimpleTypeProvider<object?>.GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        Found.Add(handle);
        return null;
    }

    object? ISimpleTypeProvider<object?>.GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind)
    {
        Found.Add(handle);
        return null;
    }

    object? ISignatureTypeProvider<object?, object?>.GetTypeFromSpecification(
        MetadataReader metadata, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
    {
        Add(handle);
        return null;
    }

    object? ISZArrayTypeProvider<object?>.GetSZArrayType(object? elementType) => null;

    object? IConstructedTypeProvider<object?>.GetArrayType(object? elementType, ArrayShape shape) => null;

    object? IConstructedTypeProvider<object?>.GetByReferenceType(object? elementType) => null;

    object? IConstructedTypeProvider<object?>.GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

    object? IConstructedTypeProvider<object?>.GetPointerType(object? elementType) => null;

    object? ISignatureTypeProvider<object?, object?>.GetFunctionPointerType(MethodSignature<object?> signature) => null;

    object? ISignatureTypeProvider<object?, object?>.GetGenericMethodParameter(object? genericContext, int index) => null;

    object? ISignatureTypeProvider<object?, object?>.GetGenericTypeParameter(object? genericContext, int index) => null;

    object? ISignatureTypeProvider<object?, object?>.GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

    object? ISignatureTypeProvider<object?, object?>.GetPinnedType(object? elementType) => null;
}
