import { expect, test } from 'vitest';
import {
  IMAGES_FIELDS,
  type Image,
  type ImagesRecord,
  PHONE_IMAGES_FIELDS,
  type PhoneImagesRecord,
} from '../src/inventory/image.ts';
import { mergeImage } from '../src/inventory/merge.ts';
import { imagesRecord, phoneRecord, sightingOf } from './support/image-records.ts';

const ofImages = (image: Image | ImagesRecord) => IMAGES_FIELDS.map((field) => image[field]);
const ofPhoneImages = (image: Image | PhoneImagesRecord) => PHONE_IMAGES_FIELDS.map((field) => image[field]);
const nothingIn = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, null]));
const merged = (...records: (ImagesRecord | PhoneImagesRecord)[]) => mergeImage(null, sightingOf(...records));

test('the documented example of the images endpoint fills its fields and no others', () => {
  const example: ImagesRecord = {
    source: 'images',
    image_id: '23030320230421e300221a2000004433',
    image_name: 'cph-private-image',
    image_type: 'private',
    listed_under: 'private',
    unreadable: [],
    status: 'usable',
    status_code: 1,
    image_version: 'AOSP 9.0',
    image_size: 1_306_150_912,
    domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
    src_project_id: null,
    create_time: '2024-04-11T06:38:21Z',
    update_time: '2024-04-11T06:38:21Z',
    extra: {},
  };
  const { source, listed_under, unreadable, ...reported } = example;
  expect(mergeImage(null, { [source]: example })).toEqual({
    ...reported,
    ...nothingIn(PHONE_IMAGES_FIELDS),
    listed_in: ['images'],
  });
});

test('the documented example of the phone-images endpoint has no status, type or size', () => {
  const example = phoneRecord('20032420200401a60b0003a99684b8ea', {
    image_name: 'AOSP',
    os_type: 'aosp',
    os_name: 'AOSP7.1.1',
    is_public: 1,
    image_label: 'cloud_game',
    is_support_encrypt: null,
  });
  const { source, unreadable, ...reported } = example;
  expect(mergeImage(null, { [source]: example })).toEqual({
    ...reported,
    ...nothingIn(IMAGES_FIELDS),
    listed_in: ['phone-images'],
  });
});

test('an image both sources list has the fields of both, whichever was read first', () => {
  const [images, phone] = [imagesRecord('a'), phoneRecord('a')];
  const image = merged(phone, images);
  expect(ofImages(image)).toEqual(ofImages(images));
  expect(ofPhoneImages(image)).toEqual(ofPhoneImages(phone));
  expect(image.listed_in).toEqual(['images', 'phone-images']);
  expect(merged(images, phone)).toEqual(image);
});

test('the images endpoint overrides its own fields and leaves those of phone-images', () => {
  const before = merged(imagesRecord('a'), phoneRecord('a'));
  const failed = imagesRecord('a', { status_code: 2, image_size: 7, update_time: '2025-01-01T00:00:00Z' });
  const after = mergeImage(before, { images: failed });
  expect(after).toEqual({
    ...before,
    status: 'failed',
    status_code: 2,
    image_size: 7,
    update_time: '2025-01-01T00:00:00Z',
  });
});

test('phone-images overrides its own fields and leaves those of the images endpoint, status included', () => {
  const before = merged(imagesRecord('a', { status_code: 0 }), phoneRecord('a'));
  const phone = phoneRecord('a', { os_name: 'AOSP11', is_support_encrypt: true });
  expect(mergeImage(before, { 'phone-images': phone })).toEqual({
    ...before,
    os_name: 'AOSP11',
    is_support_encrypt: true,
  });
});

test('a source that begins to list a known image adds its fields', () => {
  const before = merged(phoneRecord('a'));
  const images = imagesRecord('a');
  const after = mergeImage(before, { images });
  expect(ofImages(after)).toEqual(ofImages(images));
  expect(ofPhoneImages(after)).toEqual(ofPhoneImages(before));
  expect(after.listed_in).toEqual(['images', 'phone-images']);
});

test('a source proven to list the image no longer takes its fields with it, and no others', () => {
  const before = merged(imagesRecord('a'), phoneRecord('a'));
  const withoutImages = mergeImage(before, {}, { dropped: new Set(['images'] as const) });
  expect(withoutImages).toEqual({ ...merged(phoneRecord('a')), image_name: before.image_name });
  const withoutPhone = mergeImage(before, {}, { dropped: new Set(['phone-images'] as const) });
  expect(withoutPhone).toEqual({ ...merged(imagesRecord('a')), image_name: before.image_name });
});

test('what a source says now outweighs that it was dropped', () => {
  const before = merged(imagesRecord('a'));
  const images = imagesRecord('a', { status_code: 2 });
  expect(mergeImage(before, { images }, { dropped: new Set(['images'] as const) }).status).toBe('failed');
});

test('an image that no source lists is a removal and cannot be merged', () => {
  const before = merged(imagesRecord('a'));
  expect(() => mergeImage(before, {}, { dropped: new Set(['images'] as const) })).toThrow(TypeError);
  expect(() => mergeImage(null, {})).toThrow(TypeError);
});

test.each([
  ['the images endpoint names it', imagesRecord('a', { image_name: 'build 7' }), 'build 7'],
  ['the images endpoint gives no name', imagesRecord('a', { image_name: null }), 'AOSP'],
  ['the images endpoint does not list it', null, 'AOSP'],
])('image_name when %s', (_case, images, image_name) => {
  const phone = phoneRecord('a', { image_name: 'AOSP' });
  expect(merged(phone, ...(images ? [images] : [])).image_name).toBe(image_name);
});

test('an image neither source names has no name', () => {
  const unnamed = { image_name: null };
  expect(merged(imagesRecord('a', unnamed), phoneRecord('a', unnamed)).image_name).toBeNull();
});

test('extra holds the added fields of both sources; the images endpoint wins a field both have', () => {
  const images = imagesRecord('a', { extra: { arch: 'arm64', region: 'images' } });
  const phone = phoneRecord('a', { extra: { shared_by: 'b', region: 'phone' } });
  expect(merged(images, phone).extra).toEqual({ arch: 'arm64', shared_by: 'b', region: 'images' });
});

test('extra fields stay while a source was not read that may have said them', () => {
  const before = merged(
    imagesRecord('a', { extra: { arch: 'arm64' } }),
    phoneRecord('a', { extra: { shared_by: 'b' } }),
  );
  const images = imagesRecord('a', { extra: { arch: 'x86' } });
  expect(mergeImage(before, { images }).extra).toEqual({ arch: 'x86', shared_by: 'b' });
  const silent = imagesRecord('a');
  expect(mergeImage(before, { images: silent }).extra).toEqual({ arch: 'arm64', shared_by: 'b' });
  const phone = phoneRecord('a', { extra: { arch: 'any', tags: [] } });
  const extra = { arch: 'arm64', shared_by: 'b', tags: [] };
  expect(mergeImage(before, { 'phone-images': phone }).extra).toEqual(extra);
});

test('extra fields stay when a record leaves them out, and go with the source that may have said them', () => {
  const before = merged(imagesRecord('a', { extra: { arch: 'arm64' } }), phoneRecord('a'));
  expect(mergeImage(before, sightingOf(imagesRecord('a'), phoneRecord('a'))).extra).toEqual({
    arch: 'arm64',
  });
  const dropped = new Set(['images'] as const);
  expect(mergeImage(before, { 'phone-images': phoneRecord('a') }, { dropped }).extra).toEqual({});
  const unread = mergeImage(before, {}, { dropped });
  expect(unread.extra).toEqual({ arch: 'arm64' });
});

test.each([
  ['a row that names no type', 'private', null, 'private'],
  ['a row that names no type of an image whose row named another listing', 'share', null, 'share'],
  ['a row that names no type of an image of a type that no listing has', 'market', null, 'market'],
  ['a row that names another type', 'private', 'market', 'market'],
])('image_type after %s', (_case, was, said, image_type) => {
  const before = merged(imagesRecord('a', { image_type: was }));
  const sighting = { images: imagesRecord('a', { image_type: said }) };
  expect(mergeImage(before, sighting, { listed_under: 'private' }).image_type).toBe(image_type);
});

test('a row that names no type has that of the listing the image has come to', () => {
  const before = merged(imagesRecord('a', { image_type: 'share' }));
  const sighting = { images: imagesRecord('a', { image_type: null }) };
  expect(mergeImage(before, sighting, { listed_under: 'share' }).image_type).toBe('private');
});

test('who shared an image stays while it is shared, and goes with that', () => {
  const before = merged(imagesRecord('a', { image_type: 'share', src_project_id: 'theirs' }));
  const silent = imagesRecord('a', { image_type: 'share' });
  expect(mergeImage(before, { images: silent })).toEqual(before);
  const ours = imagesRecord('a', { image_type: 'private' });
  expect(mergeImage(before, { images: ours })).toMatchObject({ image_type: 'private', src_project_id: null });
});

test('a field that was kept in extra until it got a column changes once, whichever source is read first', () => {
  const before = merged(imagesRecord('a'), phoneRecord('a', { extra: { receive_status: 1, region: 'b' } }));
  const [images, phone] = [
    imagesRecord('a'),
    phoneRecord('a', { receive_status: 1, extra: { region: 'b' } }),
  ];
  const after = merged(images, phone);
  expect(mergeImage(before, { 'phone-images': phone })).toEqual(after);
  expect(mergeImage(before, { images })).toEqual(before);
  expect(mergeImage(after, { 'phone-images': phone })).toEqual(after);
  const odd = merged(imagesRecord('a', { extra: { receive_status: 'x' } }), phone);
  expect(mergeImage(odd, { 'phone-images': phone })).toEqual(odd);
});
